// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace normscope::test {

inline const std::string golden_folder = std::string(SOURCE_DIR) + "/tests/golden/vit/";

template <typename T>
T value_of(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().line());
    return *std::move(result);
}

/// The tensors of a file that tests/golden/make_vit.py wrote.
class Golden {
public:
    explicit Golden(const std::string& name)
        : catalog_(value_of(open_checkpoint(golden_folder + name + ".golden.safetensors"))) {}

    bool has(const std::string& tensor) const { return catalog_.find(tensor) != nullptr; }
    std::vector<int64_t> shape(const std::string& tensor) const { return catalog_.find(tensor)->shape; }
    std::vector<float> floats(const std::string& tensor) const {
        const TensorEntry* entry = catalog_.find(tensor);
        if (entry == nullptr)
            throw std::runtime_error("no golden tensor " + tensor);
        return value_of(catalog_.read_floats(*entry));
    }
    const TensorCatalog& catalog() const { return catalog_; }

    /// The input that the numbers are of.
    Batch batch() const {
        Batch batch;
        batch.shape = shape("input");
        batch.values = floats("input");
        return batch;
    }

private:
    TensorCatalog catalog_;
};

inline std::unique_ptr<Network> network_of(const std::string& path, const std::vector<std::string>& settings = {}) {
    const TensorCatalog catalog = value_of(open_checkpoint(path));
    std::vector<std::string> warnings;
    NetworkSettings told = settings_beside(catalog, warnings);
    for (const std::string& setting : settings)
        if (const auto applied = apply_setting(setting, told); !applied)
            throw std::runtime_error(applied.error().line());
    return value_of(build_network(catalog, told));
}

inline std::unique_ptr<Network> golden_network(const std::string& name) {
    return network_of(golden_folder + name + ".safetensors");
}

/// `samples` copies of the golden input, each scaled a little differently, so that samples differ.
inline Batch larger_batch(const std::string& name, int64_t samples) {
    const Batch two = Golden(name).batch();
    Batch batch = two;
    batch.shape[0] = samples;
    const std::size_t each = two.values.size() / 2;
    batch.values.clear();
    for (int64_t i = 0; i < samples; ++i)
        for (std::size_t k = 0; k < each; ++k)
            batch.values.push_back(two.values[(static_cast<std::size_t>(i) % 2) * each + k] *
                                   (1.0f + 0.1f * static_cast<float>(i)));
    return batch;
}

inline std::vector<float> floats_of(const std::shared_ptr<const RowSource>& rows) {
    if (rows == nullptr)
        throw std::runtime_error("a tensor was not recorded");
    std::vector<float> values(static_cast<std::size_t>(rows->rows() * rows->channels()));
    const auto read = rows->read(0, rows->rows(), values);
    return read ? values : std::vector<float>();
}

inline double largest(const std::vector<float>& values) {
    double most = 0;
    for (const float value : values)
        most = std::max(most, std::abs(static_cast<double>(value)));
    return most;
}

inline void expect_near(const std::vector<float>& found, const std::vector<float>& expected, double tolerance,
                        const std::string& what) {
    ASSERT_EQ(found.size(), expected.size()) << what;
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        worst = std::max(worst, std::isnan(found[i]) ? std::numeric_limits<double>::infinity()
                                                     : std::abs(static_cast<double>(found[i]) - expected[i]));
    EXPECT_LE(worst, tolerance) << what;
}

/// Values: float32 arithmetic in another order, the parity that docs/architecture.md promises.
inline void expect_values(const std::vector<float>& found, const std::vector<float>& expected,
                          const std::string& what) {
    expect_near(found, expected, 1e-4 * std::max(1.0, largest(expected)), what);
}

/// Gradients: cancellation in long sums leaves errors relative to the layer's largest; 1e-8 is what is left of one that
/// is 0 in exact arithmetic (the bias of a norm of keys).
inline void expect_gradients(const std::vector<float>& found, const std::vector<float>& expected,
                             const std::string& what) {
    expect_near(found, expected, 1e-3 * largest(expected) + 1e-8, what);
}

} // namespace normscope::test
