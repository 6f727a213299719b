// SPDX-License-Identifier: GPL-3.0-or-later
#include "../session/fixture.h"
#include "text_tree.h"
#include "ui/models/facts_model.h"
#include "ui/models/file_tree_model.h"
#include "ui/models/layer_table_model.h"
#include "ui/models/message_model.h"
#include "ui/models/pattern_filter_model.h"
#include "ui/models/tensor_table_model.h"

#include <QAbstractItemModelTester>

namespace normscope {
namespace {

struct Contents : SessionTest {};

TEST_F(Contents, files_stand_over_their_runs) {
    FileTreeModel model(session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const int dump = open(sample("all-minilm-l6-v2.h5")), checkpoint = open(sample("vit-layernorm.safetensors"));
    ASSERT_NE(0, dump);
    ASSERT_NE(0, checkpoint);
    const std::string title = session.file(dump)->runs[0].title.toStdString();
    EXPECT_EQ("all-minilm-l6-v2.h5\n " + title + "\nvit-layernorm.safetensors\n", text_tree(model));
    const int first = run(checkpoint), second = run(checkpoint);
    ASSERT_NE(0, second);
    ASSERT_TRUE(until([&] { return !session.file(checkpoint)->running; }));
    const std::string line = " " + session.file(checkpoint)->runs[0].title.toStdString() + "\n";
    EXPECT_EQ("all-minilm-l6-v2.h5\n " + title + "\nvit-layernorm.safetensors\n" + line + line, text_tree(model));
    EXPECT_EQ(second, model.find(checkpoint, second).data(FileTreeModel::run_role).toInt());
    session.closeRun(checkpoint, first);
    EXPECT_EQ("all-minilm-l6-v2.h5\n " + title + "\nvit-layernorm.safetensors\n" + line, text_tree(model));
    session.close(dump);
    EXPECT_EQ("vit-layernorm.safetensors\n" + line, text_tree(model));
}

TEST_F(Contents, a_file_shows_that_it_runs_and_what_failed) {
    FileTreeModel model(session);
    const int file = open(sample("vit-rmsnorm.safetensors"));
    ASSERT_NE(0, file);
    RunRequest request = session.file(file)->request;
    request.input = {"/nowhere/at/all"};
    session.setRequest(file, request);
    session.run(file);
    EXPECT_EQ("vit-rmsnorm.safetensors (running)\n", text_tree(model));
    EXPECT_TRUE(model.find(file).data(FileTreeModel::running_role).toBool());
    ASSERT_TRUE(until([&] { return session.file(file)->error.has_value(); }));
    EXPECT_EQ("vit-rmsnorm.safetensors\n", text_tree(model));
    EXPECT_TRUE(model.find(file).data(FileTreeModel::error_role).toString().contains("/nowhere/at/all"));
    EXPECT_FALSE(model.find(file).data(Qt::DecorationRole).isNull());
}

TEST_F(Contents, what_was_assumed_comes_first_with_its_source) {
    const int file = open(sample("vit-layernorm.safetensors"));
    ASSERT_NE(0, file);
    FactsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setFacts(known_facts(*session.file(file), nullptr));
    const std::string tree = text_tree(model, {FactsModel::key, FactsModel::value, FactsModel::source});
    const auto& told = session.file(file)->contents->run.told;
    ASSERT_TRUE(told.contains("heads"));
    const Told<std::string>& heads = told.at("heads");
    EXPECT_NE(std::string::npos, tree.find("heads | " + heads.value + " | " + heads.source + "\n")) << tree;
    EXPECT_LT(tree.find("heads"), tree.find("safetensors")) << tree;
    EXPECT_NE(std::string::npos, tree.find("ε of ")) << tree;
}

TEST_F(Contents, metadata_is_that_of_the_file) {
    const int file = open(sample("vit-layernorm.safetensors"));
    ASSERT_NE(0, file);
    const FileContents& contents = *session.file(file)->contents;
    FactsModel model;
    model.setFacts(metadata_facts(contents));
    EXPECT_EQ(static_cast<int>(contents.metadata.size()), model.rowCount());
    EXPECT_EQ(2, model.columnCount()) << "metadata has no other source than the file";
}

TEST_F(Contents, tensors_are_listed_and_sorted_by_size) {
    const int file = open(sample("vit-layernorm.safetensors"));
    ASSERT_NE(0, file);
    TensorTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setContents(session.file(file)->contents);
    PatternFilterModel shown({TensorTableModel::name});
    shown.setSourceModel(&model);
    shown.setPattern("^(head|cls_token)");
    shown.sort(TensorTableModel::bytes, Qt::DescendingOrder);
    EXPECT_EQ("head.weight | float16 | 10 × 64\ncls_token | float16 | 1 × 1 × 64\nhead.bias | float16 | 10\n",
              text_tree(shown, {TensorTableModel::name, TensorTableModel::dtype, TensorTableModel::shape}));
}

TEST_F(Contents, the_log_grows_at_its_end) {
    session.log(MessageKind::note, "before");
    MessageModel model(session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    session.log(MessageKind::warning, "after");
    EXPECT_EQ("before\nafter\n", text_tree(model, {MessageModel::text}));
}

} // namespace
} // namespace normscope
