// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/facts_model.h"

#include "ui/models/layer_table_model.h"
#include "ui/plots/text.h"

#include <algorithm>
#include <map>

namespace normscope {
namespace {

/// Gathers facts; what is empty is none.
class FactList {
public:
    void add(const QString& key, const std::string& value, const std::string& source = {}) {
        add(key, QString::fromStdString(value), QString::fromStdString(source));
    }
    void add(const QString& key, const QString& value, const QString& source = {}) {
        if (!value.isEmpty())
            facts_.push_back({key, value, source});
    }
    std::vector<Fact> take() { return std::move(facts_); }

private:
    std::vector<Fact> facts_;
};

/// ε of all layers that know one: each value with its source once.
void add_eps(FactList& facts, const std::vector<NormLayer>& layers) {
    std::map<std::pair<double, std::string>, int> seen;
    for (const NormLayer& layer : layers)
        if (layer.eps)
            ++seen[{layer.eps->value, layer.eps->source}];
    for (const auto& [eps, count] : seen)
        facts.add(FactsModel::tr("ε of %1 of %2 layers").arg(count).arg(layers.size()), number_text(eps.first, 1),
                  QString::fromStdString(eps.second));
}

void add_run(FactList& facts, const RunInfo& run) {
    facts.add(FactsModel::tr("Input"), run.input);
    facts.add(FactsModel::tr("Preprocessing"), run.preprocess);
    if (run.samples > 0)
        facts.add(FactsModel::tr("Samples"), count_text(run.samples));
    facts.add(FactsModel::tr("Loss"), run.loss);
    facts.add(FactsModel::tr("Device"), run.device);
    facts.add(FactsModel::tr("PyTorch"), run.torch_version);
    facts.add(FactsModel::tr("Recorded"), run.created);
}

void add_file(FactList& facts, const OpenFile& file, const RunInfo& run) {
    facts.add(FactsModel::tr("File"), file.path);
    facts.add(FactsModel::tr("Format"), run.format);
    facts.add(FactsModel::tr("Model"), run.model);
    facts.add(FactsModel::tr("Family"), run.family);
    facts.add(FactsModel::tr("SHA-256"), run.sha256);
}

} // namespace

std::vector<Fact> known_facts(const OpenFile& file, const OpenRun* run) {
    if (!file.contents)
        return {};
    const RunInfo& info = run != nullptr ? run->recording->run : file.contents->run;
    FactList facts;
    for (const auto& [key, told] : info.told)
        facts.add(QString::fromStdString(key), told.value, told.source);
    add_eps(facts, file.contents->layers);
    facts.add(FactsModel::tr("Cannot be run"), file.contents->cannot_run);
    for (const std::string& warning : file.contents->warnings)
        if (warning.find(file.contents->cannot_run) == std::string::npos || file.contents->cannot_run.empty())
            facts.add(FactsModel::tr("Warning"), warning);
    add_file(facts, file, info);
    if (run != nullptr) {
        add_run(facts, info);
        if (run->loss)
            facts.add(FactsModel::tr("Value of the loss"), number_text(*run->loss));
        if (run->accuracy)
            facts.add(FactsModel::tr("Accuracy"), FactsModel::tr("%1 %").arg(number_text(100 * *run->accuracy, 3)));
    }
    return facts.take();
}

std::vector<Fact> metadata_facts(const FileContents& contents) {
    FactList facts;
    for (const auto& [key, value] : contents.metadata)
        facts.add(QString::fromStdString(key), value);
    return facts.take();
}

void FactsModel::setFacts(std::vector<Fact> facts) {
    beginResetModel();
    facts_ = std::move(facts);
    sourced_ = std::any_of(facts_.begin(), facts_.end(), [](const Fact& fact) { return !fact.source.isEmpty(); });
    endResetModel();
}

int FactsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(facts_.size());
}

int FactsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : sourced_ ? column_count : source;
}

QVariant FactsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != sort_role))
        return {};
    const Fact& fact = facts_[static_cast<std::size_t>(index.row())];
    const QString cells[] = {fact.key, fact.value, fact.source};
    return cells[index.column()];
}

QVariant FactsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    const QString titles[] = {tr("What"), tr("Value"), tr("From")};
    const QString meanings[] = {tr("What is known of the file or of the run"), tr("Its value"),
                                tr("Who told it: the file itself where nothing stands here, its metadata, a config "
                                   "beside it,\na default of the network's family, or the user")};
    if (role == Qt::DisplayRole)
        return titles[section];
    return role == Qt::ToolTipRole ? QVariant(meanings[section]) : QVariant();
}

} // namespace normscope
