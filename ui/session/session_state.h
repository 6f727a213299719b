// SPDX-License-Identifier: GPL-3.0-or-later
// Private to this folder: what stands behind Session. Its parts are selection.cpp, opening.cpp, pairing.cpp,
// following.cpp, running.cpp and writing.cpp.
#pragma once

#include "ui/jobs/job_group.h"
#include "ui/session/analysis_queue.h"
#include "ui/session/file_list.h"
#include "ui/session/file_watch.h"
#include "ui/session/session.h"

#include <QElapsedTimer>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <vector>

namespace normscope {

class Session::State {
public:
    explicit State(Session& session);

    // opening.cpp
    void open(const QStringList& paths);
    void close(int id);
    void reload(int id);
    void set_request(int id, const RunRequest& request);

    // pairing.cpp
    void list_of(const QString& path);
    void open_paired(const QString& path, const std::vector<PairMapping>& pairs, bool remember);

    // following.cpp
    void set_following(bool wanted);
    void renew(FileEntry& entry, ContentsPtr contents);

    // running.cpp
    void run(int id);
    void close_run(int id, int run);
    void preview_batch(int id, const RunRequest& request);
    /// Gives a file one more recording, which is analysed from now on.
    void add_run(FileEntry& entry, const Opened& opened);
    void publish(int run, int place);
    void publish_all();

    // selection.cpp
    OpenFile* current_file() const;
    OpenRun* current_run() const;
    std::vector<NormLayer> current_layers() const;
    /// Looks at another file and run; the layer of the same name stays.
    void show(int file, int run);
    void show(int file, int run, const std::string& layer);
    std::string current_name() const; ///< Of the layer looked at; "" where there is none.
    void select_layer(int place);
    /// Selects the layer with the clearest S once all are there, if one shows any and the user has not chosen yet.
    void choose_clearest();

    // writing.cpp
    OutputRules output_rules() const; ///< What no output may replace: all that the open files and their runs read.
    void save_dump(const QString& path);
    void write_report(const ReportOptions& options);
    void export_figure(std::shared_ptr<const Figure> figure, const FigureStyle& style, const QString& path);

    // session.cpp
    void watch(JobRunner& runner);
    void update_busy();
    bool user_waits() const; ///< Anything but an analysis is under way.
    bool working() const;
    void say(MessageKind kind, const QString& text);
    /// A failure that concerns a file: it stands beside the file until something succeeds, and in the log.
    void fail(FileEntry& entry, const Error& error);
    /// Lets go of the last hold on a recording where that keeps nobody waiting: closing a dump waits for who reads one.
    void retire(std::shared_ptr<const void> recording);
    void stop();

    /// Where the selected layer came from.
    enum class Choice { first, clearest, user };
    struct Current {
        int file = 0, run = 0, place = -1;
        Choice choice = Choice::first;
    };

    Session& session;
    JobPools pools;
    FileList files;
    JobGroup opening, writing;
    JobSlot<std::shared_ptr<const Batch>> preview;
    JobSlot<DatasetListPtr> listing;
    JobSlot<ContentsPtr> opening_by_pairs; ///< A file is opened by pairs that the user named.
    std::string mappings;                  ///< Where such pairs are saved; "" where they are not.
    AnalysisQueue queue;
    QStringList being_opened; ///< Canonical paths
    Current current;
    std::vector<Message> messages;
    int last_run = 0;
    bool was_working = false, stopping = false, following = true;
    QTimer until_idle;
    FileWatch disk;

private:
    void open_one(const QString& path, bool look);
    void take_opened(const QString& path, bool look, Result<ContentsPtr> contents);
    /// Puts a file into the list; returns its number.
    int admit(const QString& path, bool look, ContentsPtr contents);
    void take_paired(const QString& path, const std::vector<PairMapping>& pairs, Result<ContentsPtr> contents);
    void read_again(FileEntry& entry);
    void take_contents(int id, Result<ContentsPtr> contents);
    FileWatch::Paths watched_paths() const;
    void take_looks(const FileWatch::States& states);
    void take_change(FileEntry& entry, uint64_t state);
    void take_followed(int id, Result<ContentsPtr> contents);
    bool renew_run(OpenRun& run, const std::shared_ptr<const Recording>& recording);
    void take_run(int id, Result<Opened> opened);
    void drop_run(OpenFile& file, int run);
    void keep_latest_runs(OpenFile& file);
    void take_written(const QString& path, const Result<QString>& result);
};

} // namespace normscope
