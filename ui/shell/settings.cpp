// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings.h"

#include <QCryptographicHash>
#include <QFileInfo>

namespace normscope {
namespace {

constexpr int most_recent_files = 10;

QStringList strings(const std::vector<std::string>& words) {
    QStringList list;
    for (const std::string& word : words)
        list << QString::fromStdString(word);
    return list;
}

std::vector<std::string> words(const QVariant& list) {
    std::vector<std::string> found;
    for (const QString& word : list.toStringList())
        found.push_back(word.toStdString());
    return found;
}

/// A path is no key: it holds slashes, and QSettings ignores case on some systems.
QString request_key(const QString& checkpoint) {
    const QByteArray digest = QCryptographicHash::hash(checkpoint.toUtf8(), QCryptographicHash::Sha256);
    return QStringLiteral("requests/") + QString::fromLatin1(digest.toHex().left(32));
}

QVariantMap to_map(const RunRequest& request) {
    const CaptureOptions& capture = request.capture;
    return {{"input", strings(request.input)},
            {"labels", QString::fromStdString(request.labels)},
            {"settings", strings(request.settings)},
            {"loss", capture.loss ? QString::fromStdString(loss_name(*capture.loss)) : QString()},
            {"gradient", static_cast<int>(capture.gradient)},
            {"layers", QString::fromStdString(capture.layers)},
            {"sample", QVariant::fromValue<qlonglong>(capture.sample_tokens)},
            {"batch_size", QVariant::fromValue<qlonglong>(capture.batch_size)},
            {"device", QString::fromStdString(capture.device)},
            {"seed", QVariant::fromValue<qulonglong>(capture.seed)}};
}

RunRequest from_map(const QVariantMap& map) {
    RunRequest request;
    request.input = words(map["input"]);
    request.labels = map["labels"].toString().toStdString();
    request.settings = words(map["settings"]);
    CaptureOptions& capture = request.capture;
    if (const auto loss = loss_from_name(map["loss"].toString().toStdString()))
        capture.loss = *loss;
    const int gradient = map["gradient"].toInt();
    if (gradient >= static_cast<int>(InputGradient::none) && gradient <= static_cast<int>(InputGradient::both))
        capture.gradient = static_cast<InputGradient>(gradient);
    capture.layers = map["layers"].toString().toStdString();
    capture.sample_tokens = map["sample"].toLongLong();
    capture.batch_size = map["batch_size"].toLongLong();
    capture.device = map["device"].toString().toStdString();
    capture.seed = map["seed"].toULongLong();
    capture.memory_budget = default_memory_budget();
    return request;
}

} // namespace

WindowSettings::WindowSettings(Memory memory) {
    if (memory == Memory::kept)
        store_ = std::make_unique<QSettings>(QStringLiteral("NormScope"), QStringLiteral("NormScope"));
    else
        folder_ = std::make_unique<QTemporaryDir>();
}

QVariant WindowSettings::value(const QString& key, const QVariant& otherwise) const {
    return store_ ? store_->value(key, otherwise) : fresh_.value(key, otherwise);
}

void WindowSettings::setValue(const QString& key, const QVariant& value) {
    if (store_)
        store_->setValue(key, value);
    else
        fresh_[key] = value;
}

QStringList WindowSettings::recentFiles() const {
    return value(QStringLiteral("recent")).toStringList();
}

void WindowSettings::addRecentFile(const QString& path) {
    QStringList files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    setValue(QStringLiteral("recent"), files.mid(0, most_recent_files));
}

void WindowSettings::clearRecentFiles() {
    setValue(QStringLiteral("recent"), QStringList());
}

QString WindowSettings::mappings() const {
    const QString folder = store_ ? QFileInfo(store_->fileName()).path() : folder_->path();
    return folder + QStringLiteral("/mappings.json");
}

std::optional<RunRequest> WindowSettings::request(const QString& checkpoint) const {
    const QVariant stored = value(request_key(checkpoint));
    return stored.isValid() ? std::optional(from_map(stored.toMap())) : std::nullopt;
}

void WindowSettings::setRequest(const QString& checkpoint, const RunRequest& request) {
    setValue(request_key(checkpoint), to_map(request));
}

} // namespace normscope
