// SPDX-License-Identifier: GPL-3.0-or-later
// What the dialog that pairs datasets shows.
#include "text_tree.h"
#include "ui/models/dataset_tree_model.h"
#include "ui/models/pair_table_model.h"
#include "ui/models/pattern_filter_model.h"

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <gtest/gtest.h>

#include <memory>

namespace normscope {
namespace {

const std::vector<DatasetEntry> datasets = {
    {"a/in", "float32", {4, 8}}, {"a/deep/out", "float32", {4, 8}}, {"cloud", "float64", {9, 2}}, {"ids", "int64", {}}};

TEST(Pairing, DatasetsStandBelowTheirGroups) {
    DatasetTreeModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setDatasets(datasets);
    model.setPairs({{"a/in", "a/deep/out", "", "", {}, -1}, {"cloud", "", "", "", {}, -1}});
    EXPECT_EQ(text_tree(model, {DatasetTreeModel::name, DatasetTreeModel::dtype, DatasetTreeModel::shape,
                                DatasetTreeModel::use}),
              "a |  |  | \n"
              " in | float32 | 4 × 8 | input\n"
              " deep |  |  | \n"
              "  out | float32 | 4 × 8 | output\n"
              "cloud | float64 | 9 × 2 | x and y\n"
              "ids | int64 | scalar | \n");
    model.setPairs({});
    EXPECT_EQ(model.find("a/in").siblingAtColumn(DatasetTreeModel::use).data().toString(), QString());
}

TEST(Pairing, TheFilterKeepsTheGroupsOfWhatMatches) {
    DatasetTreeModel model;
    model.setDatasets(datasets);
    PatternFilterModel shown({DatasetTreeModel::path});
    shown.setRecursiveFilteringEnabled(true);
    shown.setSourceModel(&model);
    shown.setPattern("out$");
    EXPECT_EQ(text_tree(shown), "a\n deep\n  out\n");
}

TEST(Pairing, OnlyDatasetsAreDragged) {
    DatasetTreeModel model;
    model.setDatasets(datasets);
    const QModelIndex group = model.index(0, 0), dataset = model.find("a/deep/out");
    EXPECT_FALSE(model.flags(group) & Qt::ItemIsDragEnabled);
    EXPECT_TRUE(model.flags(dataset) & Qt::ItemIsDragEnabled);
    EXPECT_EQ(std::unique_ptr<QMimeData>(model.mimeData({dataset}))->text(), "a/deep/out");
}

TEST(Pairing, EachPairShowsWhatIsWrongWithIt) {
    PairTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setDatasets(datasets);
    model.setPairs({{"a/in", "a/deep/out", "norm", "LayerNorm", 1e-5, -1}});
    EXPECT_EQ(model.problems(), 0);
    const int row = model.addPair({"a/in", "ids", "", "", {}, -1});
    EXPECT_EQ(text_tree(model, {PairTableModel::layer, PairTableModel::output, PairTableModel::kind}),
              "norm | a/deep/out | LayerNorm\na/in | ids | unknown\n");
    EXPECT_TRUE(model.problem(row).contains("int64"));
    EXPECT_FALSE(model.index(row, 0).data(Qt::DecorationRole).isNull());
    model.setPair(row, {"cloud", "", "norm", "", {}, -1});
    EXPECT_TRUE(model.problem(row).contains("norm twice"));
    model.removePairs({0});
    EXPECT_EQ(model.problems(), 0) << "the name is its own now";
}

} // namespace
} // namespace normscope
