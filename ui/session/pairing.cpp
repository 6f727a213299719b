// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 files whose layers the user names as pairs of datasets.
#include "core/recording/suggest_pairs.h"
#include "ui/session/session_state.h"

#include <utility>

namespace normscope {
namespace {

Result<DatasetListPtr> list(const std::string& path, const Pairing& pairing) {
    auto found = std::make_shared<DatasetList>();
    NORMSCOPE_LET(datasets, list_datasets(path));
    found->datasets = std::move(datasets);
    found->source = DatasetList::Source::open;
    found->pairs = pairing.pairs;
    if (!found->pairs.empty())
        return DatasetListPtr(std::move(found));
    found->source = DatasetList::Source::saved;
    if (auto saved = load_mapping(pairing.store, layout_key(found->datasets))) // else it is said when they are saved
        found->pairs = std::move(*saved);
    if (found->pairs.empty()) {
        found->source = DatasetList::Source::suggested;
        found->pairs = suggest_pairs(found->datasets);
    }
    return DatasetListPtr(std::move(found));
}

/// What one hears of an error; nothing of work that the user has stopped.
QString text_of(const Error& error) {
    return error.code == ErrorCode::cancelled ? QString() : QString::fromStdString(error.line());
}

} // namespace

void Session::State::list_of(const QString& path) {
    const FileEntry* open = files.find_path(canonical_path(path));
    Pairing pairing{open == nullptr ? std::vector<PairMapping>() : open->file.request.pairing.pairs, mappings};
    listing.start(
        [file = canonical_path(path).toStdString(), pairing](Progress& progress) -> Result<DatasetListPtr> {
            progress.report("list", file, 0, 0);
            NORMSCOPE_LET(found, list(file, pairing));
            NORMSCOPE_TRY(progress.check());
            return found;
        },
        [this, path](const Result<DatasetListPtr>& found) {
            if (found)
                emit session.datasetsListed(path, *found);
            else
                emit session.pairingFailed(path, text_of(found.error()));
        });
}

void Session::State::open_paired(const QString& path, const std::vector<PairMapping>& pairs, bool remember) {
    const QString file = canonical_path(path);
    const Pairing pairing{pairs, remember ? mappings : std::string()};
    opening_by_pairs.start(
        [file = file.toStdString(), read = reading(file, {}, {pairs, {}}), pairing](Progress& progress) {
            auto contents = read(progress);
            if (!contents)
                return contents;
            if (const auto remembered = remember_pairs(file, pairing); !remembered) {
                auto warned = std::make_shared<FileContents>(**contents);
                warned->warnings.push_back("the pairs are not remembered: " + remembered.error().line());
                contents = ContentsPtr(std::move(warned));
            }
            return contents;
        },
        [this, path, pairs](Result<ContentsPtr> contents) { take_paired(path, pairs, std::move(contents)); });
}

void Session::State::take_paired(const QString& path, const std::vector<PairMapping>& pairs,
                                 Result<ContentsPtr> contents) {
    if (!contents) {
        emit session.pairingFailed(path, text_of(contents.error()));
        return;
    }
    const QString file = canonical_path(path);
    if (FileEntry* open = files.find_path(file)) {
        open->file.request.pairing.pairs = pairs;
        renew(*open, std::move(*contents));
        say(MessageKind::note, QStringLiteral("%1: paired anew").arg(file));
        if (open->file.id != current.file)
            show(open->file.id, 0);
    } else {
        admit(file, true, std::move(*contents));
    }
    emit session.paired(path);
}

void Session::setMappings(const QString& store) {
    state_->mappings = store.toStdString();
}

void Session::listDatasets(const QString& path) {
    if (!state_->stopping)
        state_->list_of(path);
}

void Session::cancelPairing() {
    state_->listing.cancel();
    state_->opening_by_pairs.cancel();
}

void Session::openPaired(const QString& path, const std::vector<PairMapping>& pairs, bool remember) {
    if (!state_->stopping)
        state_->open_paired(path, pairs, remember);
}

} // namespace normscope
