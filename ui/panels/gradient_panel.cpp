// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/gradient_panel.h"

#include "core/report/report_csv.h"

#include <QAction>

namespace normscope {
namespace {

bool has_gradients(const LayerPtr& layer) {
    return layer && (layer->input_grad_histogram || layer->output_grad_histogram);
}

} // namespace

GradientPanel::GradientPanel(Session& session, QWidget* parent) : FigurePanel(session, tr("Gradients"), parent) {
    logarithmic_ = addSwitch(tr("Logarithmic counts"), QStringLiteral("counts"), false);
    followLayer();
}

std::shared_ptr<const Figure> GradientPanel::makeFigure(const FigureParts& parts) const {
    LayerPtr layer = session().currentResult();
    if (!has_gradients(layer))
        return nullptr;
    return gradient_figure(session().currentRun()->analysis, std::move(layer), parts, logarithmic_->isChecked());
}

/// The layer's warnings stand above the scatter.
FigureParts GradientPanel::windowParts() const {
    FigureParts parts = FigurePanel::windowParts();
    parts.warnings = false;
    return parts;
}

FigurePanel::Absence GradientPanel::absence() const {
    if (!session().currentResult())
        return layerAbsence();
    if (session().currentFile()->is_dump())
        return {
            tr("No gradients of this layer are recorded. Record them with a loss: “normscope capture” takes gradients "
               "unless --gradient none is said; with the Python recorder, call backward() before it ends.")};
    return {tr("No gradients of this layer are recorded. Run the checkpoint again with the gradient of the input on."),
            true};
}

QString GradientPanel::suggestedName() const {
    return figure_name(session(), QStringLiteral("gradients"), true);
}

QVariantMap GradientPanel::options() const {
    return {{QStringLiteral("logarithmic"), logarithmic_->isChecked()}};
}

void GradientPanel::restoreOptions(const QVariantMap& options) {
    logarithmic_->setChecked(options.value(QStringLiteral("logarithmic"), false).toBool());
}

QString GradientPanel::dataCsv() const {
    const LayerPtr layer = session().currentResult();
    return has_gradients(layer) ? QString::fromStdString(gradients_csv(*layer)) : QString();
}

} // namespace normscope
