// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/told_form.h"

#include "core/model/network.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>

namespace normscope {
namespace {

QString explanation(const std::string& key) {
    static const std::map<std::string, const char*> words{
        {"family", QT_TR_NOOP("Which built-in network the checkpoint belongs to")},
        {"architecture", QT_TR_NOOP("timm's name of the network, which tells most of what follows")},
        {"root", QT_TR_NOOP("The prefix below which the network's tensors lie in the file; . for none")},
        {"container", QT_TR_NOOP("Which of the file's state dicts is shown, where it holds several; . for its top")},
        {"act", QT_TR_NOOP("gelu, gelu_tanh, quick_gelu, relu, silu or sigmoid, between the layers of each MLP")},
        {"block", QT_TR_NOOP("pre-norm: x + f(norm(x)); post-norm: x + norm(f(x))")},
        {"gate", QT_TR_NOOP("Which half of a packed MLP is the gate: first or last")},
        {"rotary", QT_TR_NOOP("none: no rotary embeddings, which leave no key and are not run")},
        {"unused", QT_TR_NOOP("refuse or ignore tensors that the family has no place for")},
        {"pool_include_prefix", QT_TR_NOOP("Whether class and register tokens are pooled, too: true or false")},
        {"heads", QT_TR_NOOP("Attention heads; the keys hold only their total width")},
        {"eps", QT_TR_NOOP("ε under the root of the norm layers; never in a state dict")},
        {"norm", QT_TR_NOOP("LayerNorm or RMSNorm, where the parameters fit both")},
        {"pool", QT_TR_NOOP("How the tokens become one vector: token, avg, max, avgmax, map")},
        {"image_size", QT_TR_NOOP("HEIGHTxWIDTH of the input in pixels")},
        {"patch_size", QT_TR_NOOP("HEIGHTxWIDTH of a patch in pixels")},
        {"mean", QT_TR_NOOP("Taken off each channel of an image in [0, 1]")},
        {"std", QT_TR_NOOP("Each channel is divided by it")},
        {"crop", QT_TR_NOOP("Share of the short side that the centre crop keeps")},
        {"crop_mode", QT_TR_NOOP("How an image is cut to the input: center, squash, border")},
        {"interpolation", QT_TR_NOOP("Pillow's filter: bicubic, bilinear, nearest, lanczos, hamming, box")},
        {"scale", QT_TR_NOOP("What the values of an array of pictures are divided by")}};
    const auto found = words.find(key);
    return found == words.end() ? QString() : QObject::tr(found->second);
}

std::map<std::string, std::string> by_key(const std::vector<std::string>& settings) {
    std::map<std::string, std::string> values;
    for (const std::string& setting : settings)
        if (const auto equals = setting.find('='); equals != std::string::npos)
            values[setting.substr(0, equals)] = setting.substr(equals + 1);
    return values;
}

} // namespace

ToldForm::ToldForm(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setColumnStretch(1, 1);
}

void ToldForm::show(const FileContents& contents, const std::vector<std::string>& settings) {
    fields_.clear();
    while (QLayoutItem* item = grid_->takeAt(0)) {
        item->widget()->deleteLater(); // the one being edited may have asked for this
        item->widget()->hide();
        delete item;
    }
    auto by_user = by_key(settings);
    for (const auto& [key, told] : contents.run.told)
        addRow(key, told, by_user[key]);
    for (const std::string& key : known_settings())
        if (!fields_.contains(key) && (!contents.cannot_run.empty() || !by_user[key].empty()))
            addRow(key, {}, by_user[key]);
}

void ToldForm::addRow(const std::string& key, const Told<std::string>& told, const std::string& by_user) {
    const bool users = told.source == "user";
    const int row = grid_->rowCount();
    auto* line = new QLineEdit(QString::fromStdString(by_user.empty() ? told.value : by_user));
    line->setObjectName(QString::fromStdString("told-" + key));
    line->setPlaceholderText(tr("not told"));
    auto* name = new QLabel(QString::fromStdString(key));
    name->setBuddy(line);
    auto* source = new QLabel(users || !by_user.empty() ? tr("by you") : QString::fromStdString(told.source));
    source->setForegroundRole(QPalette::PlaceholderText);
    source->setToolTip(tr("Where this value came from"));
    for (QWidget* widget : {static_cast<QWidget*>(name), static_cast<QWidget*>(line)})
        widget->setToolTip(explanation(key));
    grid_->addWidget(name, row, 0);
    grid_->addWidget(line, row, 1);
    grid_->addWidget(source, row, 2);
    fields_[key] = {line, users ? std::string() : told.value};
    connect(line, &QLineEdit::editingFinished, this, [this, line] {
        if (!line->isModified())
            return;
        line->setModified(false);
        emit edited();
    });
}

std::vector<std::string> ToldForm::settings() const {
    std::vector<std::string> settings;
    for (const auto& [key, field] : fields_) {
        const std::string value = field.line->text().trimmed().toStdString();
        if (!value.empty() && value != field.told)
            settings.push_back(key + '=' + value);
    }
    return settings;
}

} // namespace normscope
