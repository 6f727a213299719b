// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/input/batch.h"
#include "ui/export/report_files.h"
#include "ui/jobs/job_slot.h"
#include "ui/plots/figure.h"
#include "ui/session/dataset_list.h"
#include "ui/session/open_file.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace normscope {

enum class MessageKind { note, warning, error };

/// One line of the log.
struct Message {
    QDateTime when;
    MessageKind kind = MessageKind::note;
    QString text;
};

/// What the window shows and what it does: the one object that starts jobs and swaps results. It lives in the interface
/// thread and never blocks it. Panels read its state and follow its signals; they never compute.
class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override;

    // What is open, and what of it is looked at.
    std::vector<const OpenFile*> files() const;
    const OpenFile* file(int id) const;  ///< Null when it is not open.
    const OpenFile* currentFile() const; ///< Null when nothing is open.
    const OpenRun* currentRun() const;   ///< Null when the current file has no recording.
    /// The norm layers of the current run, or those of the current file's contents; empty when there are none.
    std::vector<NormLayer> currentLayers() const;
    int currentLayer() const;       ///< Place in `currentLayers()`; −1 when there are none.
    LayerPtr currentResult() const; ///< The current layer's analysis; null while it is not there.
    AffineView affine() const;
    const std::vector<Curve>& curves() const;

    bool following() const;   ///< Files that change on disk are followed.
    bool busy() const;        ///< Anything runs.
    bool busyWithRun() const; ///< A network runs.
    const std::vector<Message>& messages() const;

public slots:
    /// Opens checkpoints and dumps; one that is open already becomes the current one. A failure is `openFailed`, or
    /// `layoutUnknown` of an HDF5 file in which nothing tells the layers; what is open stays.
    void open(const QStringList& paths);
    /// The JSON file of saved pairs of datasets; "" for none. HDF5 files of a layout that stands there open by its
    /// pairs: `savedPairsUsed`.
    void setMappings(const QString& store);
    /// What `openPaired` may be asked of a file: `datasetsListed` or `pairingFailed`.
    void listDatasets(const QString& path);
    void cancelPairing();
    /// Opens an HDF5 file, or reads one that is open again, by pairs of datasets: `paired` or `pairingFailed`. They are
    /// saved for files of the same layout where they shall be remembered.
    void openPaired(const QString& path, const std::vector<normscope::PairMapping>& pairs, bool remember);
    void close(int file);
    /// Reads the file again (F5); the old state stays until the new one is there.
    void reload(int file);
    /// Reads dumps again, quietly, whenever they have changed on disk and what was read before is analysed; of
    /// checkpoints it notes the change. On at first.
    void setFollowing(bool wanted);
    /// Looks at a file's run; 0 for its latest. The layer of the same name stays selected where there is one.
    void select(int file, int run = 0);
    void closeRun(int file, int run);
    void selectLayer(int place);
    void walkLayers(int by);
    /// Which output is shown; results of the other view are kept.
    void setAffine(normscope::AffineView affine);
    void setCurves(const std::vector<normscope::Curve>& curves);

    /// KEY=VALUE settings, loss, layers … of the next run; the contents are read again where settings changed.
    void setRequest(int file, const normscope::RunRequest& request);
    /// Runs a checkpoint as its request says; the old runs stay.
    void run(int file);
    /// Reads the batch of a request to be looked at, without running it: `batchReady` or `batchFailed`.
    void previewBatch(int file, const normscope::RunRequest& request);
    /// Stops all that the user waits for; what is open stays.
    void cancel();

    /// Writes the current run as a dump, the whole report of it, or one figure, in the background: `written` or
    /// `writeFailed`.
    void saveDump(const QString& path);
    void writeReport(const normscope::ReportOptions& options);
    void exportFigure(std::shared_ptr<const normscope::Figure> figure, const normscope::FigureStyle& style,
                      const QString& path);

    /// Asks everything to stop; `idle` follows.
    void shutDown();
    void log(normscope::MessageKind kind, const QString& text);

signals:
    void filesChanged();        ///< A file was opened or closed, or its name changed.
    void fileChanged(int file); ///< Its contents, runs, request, running or error changed.
    void currentChanged();      ///< Another file or run is looked at, or its recording changed; its layers are others.
    void layerSelected(int place);
    /// A layer of a run was analysed. `place` as in `OpenRun::layers`.
    void layerAnalysed(int file, int run, int place);
    void viewChanged(); ///< `affine` or `curves` changed.
    void openFailed(const QString& path, const QString& text);
    void layoutUnknown(const QString& path, const QString& text);
    void savedPairsUsed(int file);
    void datasetsListed(const QString& path, std::shared_ptr<const normscope::DatasetList> list);
    void paired(const QString& path);
    void pairingFailed(const QString& path, const QString& text); ///< The text is "" where the user stopped it.
    void batchReady(int file, std::shared_ptr<const normscope::Batch> batch);
    void batchFailed(int file, const QString& text);
    void written(const QString& path);
    void writeFailed(const QString& text);
    /// Of what the user waits for: opening, running, analysing, writing.
    void progressed(const normscope::JobProgress& progress);
    void busyChanged();
    void idle(); ///< After `shutDown`: nothing runs any more.
    void messageAdded();

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace normscope
