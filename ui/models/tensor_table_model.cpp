// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tensor_table_model.h"

#include "ui/models/layer_table_model.h"

#include <QLocale>
#include <QStringList>

namespace normscope {
namespace {

QString shape_text(const TensorEntry& tensor) {
    QStringList sizes;
    for (const int64_t size : tensor.shape)
        sizes << QString::number(size);
    return sizes.isEmpty() ? QStringLiteral("()") : sizes.join(QStringLiteral(" × "));
}

QString cell_text(const TensorEntry& tensor, int column) {
    switch (column) {
    case TensorTableModel::name:
        return QString::fromStdString(tensor.name);
    case TensorTableModel::dtype:
        return QString::fromStdString(dtype_name(tensor.dtype));
    case TensorTableModel::shape:
        return shape_text(tensor);
    default:
        return QLocale().formattedDataSize(tensor.bytes());
    }
}

QVariant sort_value(const TensorEntry& tensor, int column) {
    if (column == TensorTableModel::shape)
        return static_cast<double>(tensor.elements());
    if (column == TensorTableModel::bytes)
        return static_cast<double>(tensor.bytes());
    return cell_text(tensor, column);
}

} // namespace

void TensorTableModel::setContents(std::shared_ptr<const FileContents> contents) {
    if (contents == contents_)
        return;
    beginResetModel();
    contents_ = std::move(contents);
    endResetModel();
}

int TensorTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !contents_ ? 0 : static_cast<int>(contents_->tensors.size());
}

int TensorTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QVariant TensorTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const TensorEntry& tensor = contents_->tensors[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return cell_text(tensor, index.column());
    case sort_role:
        return sort_value(tensor, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((index.column() == bytes ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        if (index.column() == name)
            return cell_text(tensor, name);
        return index.column() == bytes ? tr("%L1 bytes").arg(tensor.bytes()) : QVariant();
    default:
        return {};
    }
}

QVariant TensorTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == bytes ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const QString titles[] = {tr("Tensor"), tr("Type"), tr("Shape"), tr("Size")};
    const QString meanings[] = {tr("Name in the file, without the prefix that all names share"),
                                tr("Type of an element, as PyTorch names it"), tr("Elements along each axis"),
                                tr("Bytes of all elements")};
    if (role == Qt::DisplayRole)
        return titles[section];
    return role == Qt::ToolTipRole ? QVariant(meanings[section]) : QVariant();
}

} // namespace normscope
