// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/checkpoint_part.h"
#include "core/checkpoint/readers.h"

#include <algorithm>
#include <array>

namespace normscope {

namespace {

// What wrappers put in front of every name: DataParallel, torch.compile, self-supervised and Lightning code.
constexpr std::array<std::string_view, 4> wrapper_prefixes = {"module.", "_orig_mod.", "backbone.", "model."};

/// Strips a prefix that every name has, and notes it.
bool strip(std::string_view prefix, TensorCatalog& catalog) {
    const bool everywhere = std::all_of(catalog.tensors.begin(), catalog.tensors.end(), [&](const TensorEntry& entry) {
        return entry.name.size() > prefix.size() && entry.name.starts_with(prefix);
    });
    if (!everywhere || catalog.tensors.empty())
        return false;
    for (TensorEntry& entry : catalog.tensors)
        entry.name.erase(0, prefix.size());
    catalog.stripped_prefix += prefix;
    return true;
}

void strip_wrappers(TensorCatalog& catalog) {
    const auto strip_one = [&](std::string_view prefix) { return strip(prefix, catalog); };
    while (std::any_of(wrapper_prefixes.begin(), wrapper_prefixes.end(), strip_one)) {
    }
}

Result<TensorCatalog> open_as(FileFormat format, const RandomAccessFile& file) {
    switch (format) {
    case FileFormat::safetensors:
        return open_safetensors(file);
    case FileFormat::pytorch_zip:
        return open_pytorch_zip(file);
    case FileFormat::pytorch_legacy:
        return open_pytorch_legacy(file);
    default:
        return Error{ErrorCode::not_supported, "",
                     "expected a checkpoint (safetensors, or what torch.save writes), found " +
                         describe_content(format, file)};
    }
}

} // namespace

Result<TensorCatalog> open_checkpoint(std::shared_ptr<const RandomAccessFile> file) {
    NORMSCOPE_LET(format, sniff_format(*file));
    if (file->path().ends_with(".distcp")) // archives in a row, which no reader of one takes apart
        format = FileFormat::unknown;
    auto catalog = open_as(format, *file);
    if (!catalog) // errors of reading name the file already
        return catalog.error().where.find(file->path()) != std::string::npos ? catalog
                                                                             : std::move(catalog).within(file->path());
    if (catalog->tensors.empty() && !catalog->warnings.empty()) // all of them were left out
        return Error{ErrorCode::not_supported, file->path(), catalog->warnings.back()};
    if (catalog->tensors.empty())
        return Error{ErrorCode::missing, file->path(), "expected tensors, found none"};
    strip_wrappers(*catalog);
    catalog->path = file->path();
    catalog->file = std::move(file);
    return catalog;
}

Result<TensorCatalog> open_checkpoint(const std::string& path) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    NORMSCOPE_LET(catalog, open_checkpoint(std::move(file)));
    catalog.part = part_of_checkpoint(catalog);
    return catalog;
}

} // namespace normscope
