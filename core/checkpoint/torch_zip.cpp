// SPDX-License-Identifier: GPL-3.0-or-later
// What torch.save has written since PyTorch 1.6: a zip archive NAME/data.pkl, NAME/data/KEY, NAME/byteorder, …
#include "core/checkpoint/readers.h"
#include "core/checkpoint/torch_object.h"

namespace normscope {

namespace {

constexpr uint64_t longest_note = 64; // bytes of an entry that holds one word

Result<void> check_kind(const ZipArchive& archive, const std::string& folder) {
    if (archive.holds(folder + "constants.pkl"))
        return Error{ErrorCode::not_supported, "",
                     "expected a checkpoint, found a TorchScript program, which is not run; save its weights, "
                     "torch.save(torch.jit.load(FILE).state_dict(), \"weights.pt\")"};
    if (!archive.holds(folder + "byteorder"))
        return {}; // before PyTorch 2.1: little-endian machines only
    NORMSCOPE_LET(order, archive.read(folder + "byteorder", longest_note));
    if (order != "little")
        return Error{ErrorCode::not_supported, "",
                     "expected little-endian numbers, found byte order \"" + order +
                         "\"; load the file in PyTorch and save it again"};
    return {};
}

} // namespace

Result<TensorCatalog> open_pytorch_zip(const RandomAccessFile& file, const std::string& container) {
    NORMSCOPE_LET(archive, ZipArchive::open(file));
    const auto folder = archive.folder_of("data.pkl");
    if (!folder)
        return Error{ErrorCode::not_supported, "",
                     "expected a data.pkl, as torch.save writes it, found a zip archive without; is it a checkpoint?"};
    NORMSCOPE_TRY(check_kind(archive, *folder));
    NORMSCOPE_LET(bytes, archive.read(*folder + "data.pkl", longest_pickle));
    NORMSCOPE_LET(graph, pickle::read(bytes));
    const auto locate = [&](const std::string& key) { return archive.stored(*folder + "data/" + key); };
    auto catalog = catalog_of(graph, locate, container);
    if (!catalog)
        return catalog;
    catalog->format = "pytorch zip";
    return catalog;
}

} // namespace normscope
