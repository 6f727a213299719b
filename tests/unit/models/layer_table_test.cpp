// SPDX-License-Identifier: GPL-3.0-or-later
#include "../session/fixture.h"
#include "text_tree.h"
#include "ui/models/icons.h"
#include "ui/models/layer_table_model.h"
#include "ui/models/pattern_filter_model.h"

#include <QAbstractItemModelTester>
#include <QBrush>

#include <cmath>

namespace normscope {
namespace {

struct LayerTable : SessionTest {
    LayerTableModel model{session};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};

    QVariant at(int row, LayerColumn column, int role = Qt::DisplayRole) const {
        return model.index(row, static_cast<int>(column)).data(role);
    }
};

QList<int> numbers_of(std::initializer_list<LayerColumn> columns) {
    QList<int> numbers;
    for (const LayerColumn column : columns)
        numbers << static_cast<int>(column);
    return numbers;
}

/// A layer that was analysed, with one fit by points.
LayerRow row_of(CurveFit fit) {
    auto result = std::make_shared<LayerAnalysis>();
    result->fits = {std::move(fit)};
    LayerRow row;
    row.result = result;
    return row;
}

TEST_F(LayerTable, shows_the_analysed_sample_as_it_is) {
    ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(
        "1 | embeddings.LayerNorm | LayerNorm | 384\n"
        "2 | encoder.layer.0.attention.output.LayerNorm | LayerNorm | 384\n"
        "3 | encoder.layer.0.output.LayerNorm | LayerNorm | 384\n",
        text_tree(model, numbers_of({LayerColumn::index, LayerColumn::name, LayerColumn::kind, LayerColumn::channels}))
            .substr(0, 163));
    EXPECT_EQ(13, model.rowCount());
    EXPECT_LT(at(2, LayerColumn::r2_line, sort_role).toDouble(), 0.4) << "this layer is known for its S";
    EXPECT_GT(at(2, LayerColumn::r2_points, sort_role).toDouble(), 0.95);
    const int r2 = static_cast<int>(LayerColumn::r2_bins);
    EXPECT_EQ(std::string::npos, text_tree(model, {r2}).find("…"));
    EXPECT_FALSE(at(0, LayerColumn::name, Qt::ForegroundRole).isValid()) << "what is analysed is not muted";
}

TEST_F(LayerTable, numbers_are_those_of_the_session) {
    ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
    ASSERT_TRUE(until_analysed());
    const LayerAnalysis& layer = *session.currentRun()->layers[4];
    EXPECT_EQ(layer.input.std(), at(4, LayerColumn::input_std, sort_role).toDouble());
    EXPECT_EQ(layer.input_grad->rms() / layer.output_grad->rms(), at(4, LayerColumn::gain, sort_role).toDouble());
    EXPECT_EQ(layer.fit(Curve::tanh, Weighting::bins)->alpha, at(4, LayerColumn::alpha_bins, sort_role).toDouble());
    EXPECT_EQ("–", at(4, LayerColumn::trained_alpha).toString());
}

TEST_F(LayerTable, a_checkpoints_layers_wait_muted_for_their_numbers) {
    ASSERT_NE(0, open(sample("vit-dyt.safetensors")));
    EXPECT_EQ("DyT", at(0, LayerColumn::kind).toString());
    EXPECT_EQ("…", at(0, LayerColumn::alpha_points).toString());
    EXPECT_EQ("Not analysed yet.", at(0, LayerColumn::alpha_points, Qt::ToolTipRole).toString());
    EXPECT_EQ(muted_text_colour(), at(0, LayerColumn::name, Qt::ForegroundRole).value<QColor>());
    EXPECT_GT(at(0, LayerColumn::trained_alpha, sort_role).toDouble(), 0);
}

TEST_F(LayerTable, every_column_says_what_it_means) {
    for (int column = 0; column < layer_column_count; ++column) {
        EXPECT_FALSE(model.headerData(column, Qt::Horizontal).toString().isEmpty());
        EXPECT_FALSE(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty()) << column;
    }
}

TEST(LayerCells, an_undetermined_alpha_is_said_in_words) {
    CurveFit line;
    line.A = 100, line.alpha = 0.001, line.flags = {"alpha-undetermined"};
    const LayerRow row = row_of(line);
    EXPECT_EQ("–", cell_text(row, LayerColumn::alpha_points));
    EXPECT_TRUE(std::isnan(cell_number(row, LayerColumn::alpha_points)));
    EXPECT_TRUE(cell_note(row, LayerColumn::alpha_points).contains("α is undetermined"));
    EXPECT_EQ("0.1000", cell_text(row, LayerColumn::slope)) << "the slope of a line is determined all the same";
}

TEST(LayerCells, warnings_and_failures_stand_in_the_row) {
    auto result = std::make_shared<LayerAnalysis>();
    result->warnings = {"the input holds 1 NaN", "another"};
    LayerRow row;
    row.result = result;
    EXPECT_EQ("the input holds 1 NaN; another", cell_text(row, LayerColumn::warnings));
    LayerRow failed;
    failed.failure = Error{ErrorCode::damaged, "blocks.0", "cut off"};
    EXPECT_EQ("–", cell_text(failed, LayerColumn::alpha_points));
    EXPECT_TRUE(cell_note(failed, LayerColumn::name).contains("cut off"));
}

TEST(LayerCells, numbers_of_a_fit_to_a_sample_are_marked) {
    CurveFit fit;
    fit.A = 2, fit.alpha = 0.25, fit.r2_points = 0.5;
    LayerRow row = row_of(fit);
    auto result = std::make_shared<LayerAnalysis>(*row.result);
    result->layer.channels = 384;
    result->points = 463 * 384, result->fitted_points = 48 * 384;
    result->input_grad = Moments();
    row.result = result;
    EXPECT_EQ("0.2500*", cell_text(row, LayerColumn::alpha_points));
    EXPECT_EQ("0.5000*", cell_text(row, LayerColumn::slope));
    EXPECT_EQ("0.5000*", cell_text(row, LayerColumn::r2_points));
    EXPECT_EQ("* of 48 of 463 tokens", cell_note(row, LayerColumn::r2_points));
    EXPECT_TRUE(cell_note(row, LayerColumn::alpha_points).endsWith("48 of 463 tokens"));
    EXPECT_EQ("177,792", cell_text(row, LayerColumn::points)) << "the run's";
    EXPECT_FALSE(cell_text(row, LayerColumn::input_grad).endsWith('*')) << "gradients are of the whole run";
}

struct LayerFilter : LayerTable {
    PatternFilterModel shown{{static_cast<int>(LayerColumn::name), static_cast<int>(LayerColumn::kind)}};

    void SetUp() override {
        shown.setSourceModel(&model);
        ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
        ASSERT_TRUE(until_analysed());
    }
};

TEST_F(LayerFilter, matches_whatever_the_case) {
    shown.setPattern("LAYER\\.[01]\\.output");
    EXPECT_EQ("encoder.layer.0.output.LayerNorm\nencoder.layer.1.output.LayerNorm\n",
              text_tree(shown, numbers_of({LayerColumn::name})));
    EXPECT_TRUE(shown.patternError().isEmpty());
}

TEST_F(LayerFilter, an_invalid_pattern_matches_nothing_and_says_why) {
    shown.setPattern("layer(");
    EXPECT_EQ(0, shown.rowCount());
    EXPECT_TRUE(shown.patternError().contains("parenthesis")) << shown.patternError().toStdString();
    shown.setPattern("");
    EXPECT_EQ(13, shown.rowCount());
}

TEST_F(LayerFilter, sorts_by_number_not_by_text) {
    const int column = static_cast<int>(LayerColumn::input_std);
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        shown.sort(column, order);
        for (int row = 1; row < shown.rowCount(); ++row) {
            const double above = shown.index(row - 1, column).data(sort_role).toDouble();
            const double below = shown.index(row, column).data(sort_role).toDouble();
            EXPECT_TRUE(order == Qt::AscendingOrder ? above <= below : above >= below) << row;
        }
    }
}

/// A column of numbers of which one is undefined.
TEST(PatternFilter, undefined_numbers_stand_last_both_ways) {
    class Numbers : public QAbstractListModel {
    public:
        int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 3; }
        QVariant data(const QModelIndex& index, int role) const override {
            const double values[] = {2, NAN, 1};
            return role == sort_role ? QVariant(values[index.row()]) : QVariant(QString::number(index.row()));
        }
    } numbers;
    PatternFilterModel sorted({0});
    sorted.setSourceModel(&numbers);
    sorted.sort(0, Qt::AscendingOrder);
    EXPECT_EQ("2\n0\n1\n", text_tree(sorted));
    sorted.sort(0, Qt::DescendingOrder);
    EXPECT_EQ("0\n2\n1\n", text_tree(sorted));
}

} // namespace
} // namespace normscope
