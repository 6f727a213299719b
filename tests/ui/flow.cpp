// SPDX-License-Identifier: GPL-3.0-or-later
#include "flow.h"

#include <QFile>
#include <QSettings>

namespace normscope {

void Flow::SetUp() {
    ASSERT_TRUE(folder_.isValid());
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());
    openWindow();
}

void Flow::openWindow() {
    settings_ = std::make_unique<WindowSettings>(WindowSettings::Memory::kept);
    session_ = std::make_unique<Session>();
    window_ = std::make_unique<MainWindow>(*session_, *settings_);
    window_->show();
    window_->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
}

void Flow::closeWindow() {
    if (window_)
        window_->close();
    window_.reset();
    session_.reset();
    settings_.reset();
}

QString Flow::sample(const QString& name) {
    return QStringLiteral(SOURCE_DIR "/resources/sample/") + name;
}

bool Flow::waitIdle() {
    return wait([this] { return !session().busy(); });
}

void Flow::openSampleFile(const QString& name) {
    window().openPaths({sample(name)});
    ASSERT_TRUE(wait([this] { return session().currentFile() != nullptr; }));
    ASSERT_TRUE(waitIdle());
}

void Flow::press(int key, Qt::KeyboardModifiers modifiers) {
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus ? focus : window_.get(), static_cast<Qt::Key>(key), modifiers);
}

QString Flow::shownLayer() {
    const auto figure = window().workbench().scatter().view().figure();
    return figure ? QString::fromStdString(figure->title()) : QString();
}

QString Flow::longInput() {
    constexpr int samples = 2000, pixels = 28 * 28;
    const QString path = folder(QStringLiteral("many.npy"));
    QByteArray header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(samples) + ", 1, 28, 28), }";
    header.append(QByteArray(117 - header.size(), ' ')).append('\n'); // 10 bytes before it, 128 in all
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("\x93NUMPY\x01\x00", 8));
    file.write(QByteArray("\x76\x00", 2));
    file.write(header);
    file.write(QByteArray(samples * pixels * static_cast<int>(sizeof(float)), '\0'));
    return path;
}

} // namespace normscope
