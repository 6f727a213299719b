// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/screenshot.h"

#include "core/base/outputs.h"
#include "ui/session/session.h"
#include "ui/shell/about_dialog.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/manual_window.h"
#include "ui/shell/pairing_dialog.h"
#include "ui/shell/report_dialog.h"
#include "ui/shell/run_panel.h"
#include "ui/shell/workbench.h"

#include <QCoreApplication>
#include <QPixmap>

#include <cstdio>

namespace normscope {
namespace {

constexpr int look_every_ms = 50;
constexpr int quiet_ms = 700; ///< Pictures of figures and previews follow what is set a little later.
constexpr int wrong_argument = 2, cannot_write = 5;

} // namespace

Screenshot::Screenshot(Session& session, MainWindow& window, ScreenshotPlan plan)
    : session_(session), window_(window), plan_(std::move(plan)),
      shown_(&window), steps_{[this] { selectLayer(); }, [this] { showPanel(); }, [this] { save(); }} {
    window_.resize(plan_.size);
    connect(&timer_, &QTimer::timeout, this, &Screenshot::look);
    timer_.start(look_every_ms);
    quiet_.start();
}

void Screenshot::look() {
    if (session_.busy())
        quiet_.restart();
    else if (quiet_.elapsed() >= quiet_ms)
        next();
}

void Screenshot::next() {
    quiet_.restart();
    steps_[step_++]();
}

void Screenshot::selectLayer() {
    if (plan_.layer.isEmpty())
        return next();
    const auto layers = session_.currentLayers();
    for (std::size_t place = 0; place < layers.size(); ++place)
        if (layers[place].name == plan_.layer.toStdString())
            return session_.selectLayer(static_cast<int>(place));
    end(wrong_argument,
        tr("--select: expected a norm layer of the file, found `%1`; see normscope inspect FILE").arg(plan_.layer));
}

void Screenshot::showPanel() {
    const QString& panel = plan_.panel;
    if (panel.isEmpty())
        return;
    if (QWidget* dock = window_.workbench().showPanel(panel)) {
        shown_ = plan_.only ? dock : &window_;
        return;
    }
    if (panel == QLatin1String("run"))
        shown_ = window_.openRunPanel();
    else if (panel == QLatin1String("export"))
        shown_ = window_.openExport();
    else if (panel == QLatin1String("report"))
        shown_ = window_.openReport();
    else if (panel == QLatin1String("pairing"))
        shown_ = window_.openPairing();
    else if (panel == QLatin1String("manual"))
        shown_ = window_.openManual();
    else if (panel == QLatin1String("about"))
        shown_ = window_.openAbout();
    else
        end(wrong_argument, tr("--panel: found `%1`; the names are in normscope --help").arg(panel));
}

void Screenshot::save() {
    OutputRules rules;
    for (const OpenFile* file : session_.files())
        rules.inputs.push_back(file->path.toStdString());
    if (const auto allowed = check_output(plan_.path.toStdString(), OutputKind::png, rules); !allowed)
        return end(exit_code(allowed.error().code), QString::fromStdString(allowed.error().line()));
    if (shown_->grab().save(plan_.path, "PNG"))
        end(0, {});
    else
        end(cannot_write, tr("%1: expected a file that can be written; choose another place").arg(plan_.path));
}

void Screenshot::end(int code, const QString& text) {
    timer_.stop();
    if (!text.isEmpty())
        std::fprintf(stderr, "normscope: %s\n", qPrintable(text));
    QCoreApplication::exit(code);
}

} // namespace normscope
