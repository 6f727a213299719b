// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at is written to files. The functions that write see to it that a file appears whole or not at all.
#include "core/recording/dump.h"
#include "ui/export/figure_file.h"
#include "ui/session/session_state.h"

namespace normscope {
namespace {

/// An analysis with every layer: those that are there, the others analysed now.
Result<AnalysisPtr> completed(const Recording& recording, const std::vector<LayerPtr>& known,
                              const AnalysisOptions& options, Progress& progress) {
    auto analysis = std::make_shared<Analysis>();
    analysis->run = recording.run;
    analysis->warnings = recording.warnings;
    analysis->layer_count = static_cast<int>(known.size());
    for (std::size_t i = 0; i < known.size(); ++i) {
        const LayerRecording& layer = recording.layers[i];
        if (known[i]) {
            analysis->layers.push_back(known[i]);
            continue;
        }
        progress.report("analyse", layer.layer.name, static_cast<int64_t>(i), analysis->layer_count);
        NORMSCOPE_LET(result, analyse_layer(layer, options, progress).within(layer.layer.name));
        analysis->layers.push_back(std::make_shared<const LayerAnalysis>(std::move(result)));
    }
    return AnalysisPtr(std::move(analysis));
}

} // namespace

OutputRules Session::State::output_rules() const {
    OutputRules rules;
    const auto add = [&rules](const std::vector<std::string>& paths) {
        rules.inputs.insert(rules.inputs.end(), paths.begin(), paths.end());
    };
    for (const auto& entry : files.entries()) {
        add(normscope::output_rules(entry->file.path.toStdString(), entry->file.request).inputs);
        for (const OpenRun& run : entry->file.runs)
            add(files_read(*run.recording));
    }
    return rules;
}

void Session::State::save_dump(const QString& path) {
    const OpenRun* run = current_run();
    if (run == nullptr || stopping)
        return;
    writing.start<QString>(
        [recording = run->recording, path, rules = output_rules()](Progress& progress) -> Result<QString> {
            NORMSCOPE_TRY(check_output(path.toStdString(), OutputKind::dump, rules));
            NORMSCOPE_TRY(write_dump(*recording, path.toStdString(), progress));
            return path;
        },
        [this, path](const Result<QString>& written) { take_written(path, written); });
}

void Session::State::write_report(const ReportOptions& chosen) {
    const OpenRun* run = current_run();
    if (run == nullptr || stopping)
        return;
    ReportOptions options = chosen;
    options.rules = output_rules();
    const QString folder = QString::fromStdString(options.folder);
    writing.start<QString>(
        [recording = run->recording, known = queue.up_to_date(run->id), analysing = queue.options(), options,
         folder](Progress& progress) -> Result<QString> {
            NORMSCOPE_TRY(check_report(options));
            NORMSCOPE_LET(analysis, completed(*recording, known, analysing, progress));
            NORMSCOPE_TRY(normscope::write_report(*recording, analysis, options, progress));
            return folder;
        },
        [this, folder](const Result<QString>& written) { take_written(folder, written); });
}

void Session::State::export_figure(std::shared_ptr<const Figure> figure, const FigureStyle& style,
                                   const QString& path) {
    const OpenRun* run = current_run();
    if (run == nullptr || figure == nullptr || stopping)
        return;
    writing.start<QString>(
        [figure = std::move(figure), style, path, analysis = run->analysis,
         rules = output_rules()](Progress& progress) -> Result<QString> {
            progress.report("draw", path.toStdString(), 0, 0);
            for (const std::string& file : {path.toStdString(), sidecar_path(path.toStdString())})
                NORMSCOPE_TRY(check_output(file, kind_of_ending(file), rules));
            NORMSCOPE_TRY(save_figure(*figure, *analysis, style, path.toStdString(), &progress));
            return path;
        },
        [this, path](const Result<QString>& written) { take_written(path, written); });
}

void Session::State::take_written(const QString& path, const Result<QString>& result) {
    if (result) {
        say(MessageKind::note, QStringLiteral("%1: written").arg(path));
        emit session.written(path);
        return;
    }
    const QString text = QString::fromStdString(result.error().line());
    say(result.error().code == ErrorCode::cancelled ? MessageKind::note : MessageKind::error, text);
    emit session.writeFailed(text);
}

} // namespace normscope
