// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/file_tree_model.h"

#include "ui/models/icons.h"

#include <QLocale>

#include <algorithm>

namespace normscope {
namespace {

std::vector<int> run_ids(const OpenFile& file) {
    std::vector<int> ids;
    for (const OpenRun& run : file.runs)
        ids.push_back(run.id);
    return ids;
}

const OpenRun* run_of(const OpenFile& file, int id) {
    const auto found =
        std::find_if(file.runs.begin(), file.runs.end(), [id](const OpenRun& run) { return run.id == id; });
    return found == file.runs.end() ? nullptr : &*found;
}

QString error_text(const OpenFile& file) {
    return file.error ? QString::fromStdString(file.error->line()) : QString();
}

/// Where a file lies, what is wrong with it, and how fresh it is.
QString file_tip(const OpenFile& file, bool followed) {
    QStringList lines{file.path};
    if (file.error)
        lines << error_text(file);
    const QString read = QLocale().toString(file.read.time(), QLocale::LongFormat);
    if (file.changed)
        lines << FileTreeModel::tr("Changed on disk since it was read at %1; F5 reads it again").arg(read);
    else if (file.is_dump() && followed)
        lines << FileTreeModel::tr("Read at %1, and again whenever it changes").arg(read);
    else
        lines << FileTreeModel::tr("Read at %1").arg(read);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

FileTreeModel::FileTreeModel(Session& session, QObject* parent) : QAbstractItemModel(parent), session_(session) {
    connect(&session, &Session::filesChanged, this, &FileTreeModel::reload);
    connect(&session, &Session::fileChanged, this, &FileTreeModel::takeFile);
    connect(&session, &Session::layerAnalysed, this, &FileTreeModel::takeLayer);
    reload();
}

void FileTreeModel::reload() {
    beginResetModel();
    rows_.clear();
    for (const OpenFile* file : session_.files())
        rows_.push_back({file->id, run_ids(*file)});
    endResetModel();
}

void FileTreeModel::takeFile(int file) {
    const QModelIndex at = find(file);
    const OpenFile* changed = session_.file(file);
    if (!at.isValid() || changed == nullptr)
        return;
    std::vector<int>& runs = rows_[static_cast<std::size_t>(at.row())].runs;
    const std::vector<int> now = run_ids(*changed);
    for (int row = static_cast<int>(runs.size()) - 1; row >= 0; --row)
        if (std::find(now.begin(), now.end(), runs[static_cast<std::size_t>(row)]) == now.end()) {
            beginRemoveRows(at, row, row);
            runs.erase(runs.begin() + row);
            endRemoveRows();
        }
    const int kept = static_cast<int>(runs.size()), all = static_cast<int>(now.size());
    if (all > kept) { // new runs come last
        beginInsertRows(at, kept, all - 1);
        runs = now;
        endInsertRows();
    }
    emit dataChanged(at, at);
}

void FileTreeModel::takeLayer(int file, int run) {
    const QModelIndex at = find(file, run);
    if (at.isValid())
        emit dataChanged(at, at, {Qt::ToolTipRole});
}

QModelIndex FileTreeModel::find(int file, int run) const {
    const auto row = std::find_if(rows_.begin(), rows_.end(), [file](const FileRow& r) { return r.id == file; });
    if (row == rows_.end())
        return {};
    const QModelIndex at = index(static_cast<int>(row - rows_.begin()), 0);
    if (run == 0)
        return at;
    const auto below = std::find(row->runs.begin(), row->runs.end(), run);
    return below == row->runs.end() ? QModelIndex() : index(static_cast<int>(below - row->runs.begin()), 0, at);
}

/// The internal id is 0 for a file, else the id of the file that the run belongs to.
QModelIndex FileTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || row >= rowCount(parent) || column != 0)
        return {};
    const int owner = parent.isValid() ? rows_[static_cast<std::size_t>(parent.row())].id : 0;
    return createIndex(row, column, static_cast<quintptr>(owner));
}

QModelIndex FileTreeModel::parent(const QModelIndex& child) const {
    return child.isValid() && child.internalId() != 0 ? find(static_cast<int>(child.internalId())) : QModelIndex();
}

int FileTreeModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(rows_.size());
    return parent.internalId() == 0 ? static_cast<int>(rows_[static_cast<std::size_t>(parent.row())].runs.size()) : 0;
}

int FileTreeModel::columnCount(const QModelIndex&) const {
    return 1;
}

QVariant FileTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const QModelIndex above = index.parent();
    const FileRow& row = rows_[static_cast<std::size_t>(above.isValid() ? above.row() : index.row())];
    const OpenFile* file = session_.file(row.id);
    if (file == nullptr)
        return {};
    if (!above.isValid())
        return fileData(*file, role);
    const OpenRun* run = run_of(*file, row.runs[static_cast<std::size_t>(index.row())]);
    return run == nullptr ? QVariant() : runData(*file, *run, role);
}

QVariant FileTreeModel::fileData(const OpenFile& file, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        if (file.running)
            return tr("%1 (running)").arg(file.name);
        return file.changed ? tr("%1 (changed)").arg(file.name) : file.name;
    case Qt::ToolTipRole:
        return file_tip(file, session_.following());
    case Qt::DecorationRole:
        if (file.running)
            return running_icon();
        return file.error ? QVariant(severity_icon(MessageKind::error)) : QVariant();
    case file_role:
        return file.id;
    case run_role:
        return 0;
    case error_role:
        return error_text(file);
    case running_role:
        return file.running;
    default:
        return {};
    }
}

QVariant FileTreeModel::runData(const OpenFile& file, const OpenRun& run, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        return run.title;
    case Qt::ToolTipRole: {
        const auto ready =
            std::count_if(run.layers.begin(), run.layers.end(), [](const auto& l) { return l != nullptr; });
        return tr("%1\n%2 of %3 layers analysed, since %4")
            .arg(run.title, QString::number(ready), QString::number(run.layers.size()),
                 QLocale().toString(run.when, QLocale::ShortFormat));
    }
    case file_role:
        return file.id;
    case run_role:
        return run.id;
    default:
        return {};
    }
}

} // namespace normscope
