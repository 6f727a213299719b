// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

#include <string>
#include <vector>

namespace normscope::test {

/// A training run that appends samples to a dump of one layer, through libhdf5's own driver. The values of a sample are
/// its number, from 1.
class GrowingDump {
public:
    static constexpr hsize_t tokens = 3, channels = 4;

    explicit GrowingDump(const std::string& path, unsigned how = 0) {
        const hdf::Lock lock;
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST); // marks the file while it is open
        file_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC | how, H5P_DEFAULT, access);
        H5Pclose(access);
        const hid_t parents = H5Pcreate(H5P_LINK_CREATE);
        H5Pset_create_intermediate_group(parents, 1);
        const hsize_t none[] = {0, tokens, channels}, most[] = {H5S_UNLIMITED, tokens, channels},
                      chunk[] = {1, tokens, channels};
        const hid_t space = H5Screate_simple(3, none, most), layout = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(layout, 3, chunk);
        input_ = H5Dcreate2(file_, "/entry/layers/ln/input", H5T_NATIVE_FLOAT, space, parents, layout, H5P_DEFAULT);
        output_ = H5Dcreate2(file_, "/entry/layers/ln/output", H5T_NATIVE_FLOAT, space, parents, layout, H5P_DEFAULT);
        H5Pclose(parents);
        H5Pclose(layout);
        H5Sclose(space);
    }
    ~GrowingDump() {
        const hdf::Lock lock;
        H5Dclose(input_);
        H5Dclose(output_);
        H5Fclose(file_);
    }
    GrowingDump(const GrowingDump&) = delete;
    GrowingDump& operator=(const GrowingDump&) = delete;

    void append_input() { append(input_, ++inputs_); }
    void append_both() {
        append_input();
        append(output_, ++outputs_);
    }
    void flush() {
        const hdf::Lock lock;
        H5Fflush(file_, H5F_SCOPE_GLOBAL);
    }

private:
    static void append(hid_t dataset, hsize_t samples) {
        const hdf::Lock lock;
        const hsize_t sizes[] = {samples, tokens, channels}, start[] = {samples - 1, 0, 0},
                      count[] = {1, tokens, channels};
        H5Dset_extent(dataset, sizes);
        const hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(3, count, nullptr);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
        const std::vector<float> values(tokens * channels, static_cast<float>(samples));
        H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values.data());
        H5Sclose(space);
        H5Sclose(memory);
    }

    hid_t file_, input_, output_;
    hsize_t inputs_ = 0, outputs_ = 0;
};

} // namespace normscope::test
