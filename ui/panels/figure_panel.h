// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/message_bar.h"
#include "ui/plots/figure.h"
#include "ui/plots/figure_view.h"
#include "ui/session/session.h"

#include <QTimer>
#include <QVariantMap>
#include <QWidget>

#include <memory>
#include <optional>

class QAction;
class QActionGroup;
class QComboBox;
class QHBoxLayout;
class QPushButton;

namespace normscope {

/// A view of one figure of what is looked at, with a row of tools above it. It makes the figure anew when something
/// changes, once for many changes at a time, and not while it is hidden.
class FigurePanel : public QWidget {
    Q_OBJECT
public:
    FigureView& view() { return *view_; }
    const FigureView& view() const { return *view_; }
    /// What is shown now, with these parts (all: for paper); null while nothing is.
    std::shared_ptr<const Figure> exportedFigure(const FigureParts& parts = {}) const;
    /// A file name for the figure, without extension.
    virtual QString suggestedName() const = 0;
    /// The data behind the figure as CSV; "" while there is none.
    virtual QString dataCsv() const = 0;
    /// What the user has set here, for the settings.
    virtual QVariantMap options() const { return {}; }
    virtual void restoreOptions(const QVariantMap&) {}

    virtual void setTheme(FigureTheme theme);

signals:
    /// The user wants the figure as a file.
    void saveRequested();
    /// The user wants the current checkpoint to be run.
    void runRequested();
    /// The user wants the layer at this place selected beside others, or no longer.
    void layerToggled(int place);

protected:
    /// Why there is no figure, and whether running the checkpoint helps.
    struct Absence {
        QString text;
        bool run_helps = false;
    };

    FigurePanel(Session& session, const QString& name, QWidget* parent);

    /// The figure of what is looked at; null when there is none.
    virtual std::shared_ptr<const Figure> makeFigure(const FigureParts& parts) const = 0;
    /// The same as the window shows it.
    virtual std::shared_ptr<const Figure> makeWindowFigure() { return makeFigure(windowParts()); }
    /// What surrounds the data in the window: the provenance stands in the contents.
    virtual FigureParts windowParts() const;
    /// Why `makeFigure` gives none.
    virtual Absence absence() const;
    /// Absence of the current layer's figure, when its run is there.
    Absence layerAbsence() const;
    /// After the figure, or its absence, was shown.
    virtual void shown() {}

    /// Makes the figure anew, soon; `quiet_ms` gathers bursts.
    void rebuildSoon(int quiet_ms = 0);
    /// Follows the selected layer and its result.
    void followLayer();
    /// Follows all results of the current run.
    void followRun();
    /// Marks the layer looked at among others; a click on another looks at that, Ctrl+click selects it beside others.
    void followMark();
    bool isCurrentRun(int run) const;

    Session& session() const { return session_; }
    MessageBar& bar() { return *bar_; }
    /// A box of choices in the row of tools; a change makes the figure anew.
    QComboBox* addChoice(const QString& label, const QStringList& choices, const QString& tip);
    /// A switch in the context menu.
    QAction* addSwitch(const QString& text, const QString& name, bool on);
    /// Count scales and colour maps in the context menu, for a figure of densities.
    void addDensityMenus();
    void fillDensity(ScatterOptions& options) const;
    QVariantMap densityOptions() const;
    void restoreDensity(const QVariantMap& options);
    QHBoxLayout& tools();

    void showEvent(QShowEvent* event) override;

private:
    QActionGroup* addMenu(const QString& title, const QStringList& choices, const QString& name);
    void rebuild();
    void mark();
    int placeOf(int index) const; ///< Of the layer of this 1-based index in `Session::currentLayers`; −1: none.
    void copyData();

    Session& session_;
    QHBoxLayout* tools_;
    MessageBar* bar_;
    FigureView* view_;
    QPushButton* run_;
    QActionGroup *counts_ = nullptr, *map_ = nullptr; ///< Of a figure of densities
    QTimer timer_;
    bool stale_ = true;
};

/// "NAME.part" of the current file and layer, fit for a file name.
QString figure_name(const Session& session, const QString& part, bool of_layer);

} // namespace normscope
