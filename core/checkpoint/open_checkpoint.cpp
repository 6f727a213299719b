// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/checkpoint_part.h"
#include "core/checkpoint/readers.h"

#include <algorithm>
#include <array>
#include <unordered_set>

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

// What wraps modules anywhere: torch.compile, FSDP (its first version, too), activation checkpointing, Lightning
// Fabric.
constexpr std::array<std::string_view, 5> wrapper_parts = {"_orig_mod.", "_fsdp_wrapped_module.", "_fpw_module.",
                                                           "_checkpoint_wrapped_module.", "_forward_module."};

/// Drops the parts of names that wrappers add, unless two names would become one.
void drop_wrapper_parts(TensorCatalog& catalog) {
    std::vector<std::string> names;
    for (const TensorEntry& entry : catalog.tensors) {
        std::string name = entry.name;
        for (const std::string_view part : wrapper_parts)
            for (size_t at = name.find(part); at != name.npos; at = name.find(part, at))
                if (at == 0 || name[at - 1] == '.')
                    name.erase(at, part.size());
                else
                    at += part.size();
        names.push_back(std::move(name));
    }
    if (std::unordered_set<std::string>(names.begin(), names.end()).size() < names.size())
        return;
    for (size_t i = 0; i < names.size(); ++i)
        catalog.tensors[i].name = std::move(names[i]);
}

void strip_wrappers(TensorCatalog& catalog) {
    drop_wrapper_parts(catalog);
    const auto strip_one = [&](std::string_view prefix) { return strip(prefix, catalog); };
    while (std::any_of(wrapper_prefixes.begin(), wrapper_prefixes.end(), strip_one)) {
    }
}

Result<TensorCatalog> open_as(FileFormat format, const RandomAccessFile& file, const std::string& container) {
    switch (format) {
    case FileFormat::safetensors:
        if (!container.empty())
            return Error{ErrorCode::bad_argument, "--set container",
                         "expected none, since a safetensors file holds one state dict; say --set root=PREFIX"};
        return open_safetensors(file);
    case FileFormat::pytorch_zip:
        return open_pytorch_zip(file, container);
    case FileFormat::pytorch_legacy:
        return open_pytorch_legacy(file, container);
    default:
        return Error{ErrorCode::not_supported, "",
                     "expected a checkpoint (safetensors, or what torch.save writes), found " +
                         describe_content(format, file)};
    }
}

} // namespace

Result<TensorCatalog> open_checkpoint(std::shared_ptr<const RandomAccessFile> file, const std::string& container) {
    NORMSCOPE_LET(format, sniff_format(*file));
    if (file->path().ends_with(".distcp")) // archives in a row, which no reader of one takes apart
        format = FileFormat::unknown;
    auto catalog = open_as(format, *file, container);
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

Result<TensorCatalog> open_checkpoint(const std::string& path, const std::string& container) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    NORMSCOPE_LET(catalog, open_checkpoint(std::move(file), container));
    catalog.part = part_of_checkpoint(catalog);
    return catalog;
}

} // namespace normscope
