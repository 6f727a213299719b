// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window.h"

#include "app/console.h"
#include "ui/panels/scatter_panel.h"
#include "ui/plots/figure.h"
#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/shell/screenshot.h"
#include "ui/shell/settings.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"
#include "version.h"

#include <QtCore/QTimer>
#include <QtGui/QFont>
#include <QtGui/QIcon>
#include <QtWidgets/QApplication>

#include <memory>
#include <sstream>

namespace normscope {
namespace {

bool has_display() {
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
           qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

Result<QSize> parse_size(const std::string& text) {
    std::istringstream stream(text);
    int width = 0, height = 0;
    char times = 0;
    constexpr int least = 200, most = 8000;
    if (!(stream >> width >> times >> height) || times != 'x' || !stream.eof() || std::min(width, height) < least ||
        std::max(width, height) > most)
        return Error{ErrorCode::bad_argument, "--size",
                     "expected WxH in pixels, each from 200 to 8000, such as "
                     "1280x800, found `" +
                         text + "`"};
    return QSize(width, height);
}

void name_application() {
    QApplication::setApplicationName(QStringLiteral("normscope"));
    QApplication::setApplicationDisplayName(QString()); // the window's title says it
    QApplication::setApplicationVersion(QString::fromLatin1(version));
    QApplication::setDesktopFileName(QStringLiteral("normscope"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/normscope.svg")));
    const QFont systems = QApplication::font();
    use_bundled_font(); // for figures
    QApplication::setFont(systems);
}

QStringList paths(const WindowCommand& command) {
    QStringList list;
    for (const std::string& file : command.files)
        list << QString::fromStdString(file);
    return list;
}

} // namespace

void add_window_options(CLI::App& program, WindowCommand& command) {
    program.add_option("FILE", command.files, "checkpoints and dumps to open in the window");
    program.add_flag("--fresh", command.fresh, "neither read nor write the window's settings");
    program.add_option("--theme", command.theme, "light or dark (default: as the system)")
        ->check(CLI::IsMember({"light", "dark"}));
    program.add_option("--screenshot", command.screenshot,
                       "save a picture of the window (PNG) once all is analysed, "
                       "and quit; needs no display");
    program.add_option("--size", command.size, "WxH of the picture (default 1280x800)");
    program.add_option("--select", command.layer, "the norm layer to show");
    program.add_option("--panel", command.panel,
                       "what to bring to the front for the picture: scatter, files, layers, gradients, depth, grid, "
                       "contents, log, or one of the dialogs run, export, report, pairing, manual, about");
    program.add_option("--colour", command.colour, "what the colours of the scatter tell: density, token or channel")
        ->check(CLI::IsMember({"density", "token", "channel"}));
    program.add_flag("--only", command.only, "take that panel alone");
}

int open_window(const WindowCommand& command) {
    const bool picture = !command.screenshot.empty();
    const Result<QSize> size = parse_size(command.size);
    if (!size)
        return Console::fail(size.error());
    if (!has_display() && !picture)
        return Console::fail({ErrorCode::bad_argument, "window",
                              "expected a display (DISPLAY or WAYLAND_DISPLAY), found none; try the "
                              "command line: "
                              "normscope report FILE --out FOLDER, or normscope --help"});
    if (!has_display())
        qputenv("QT_QPA_PLATFORM", "offscreen");
    char name[] = "normscope";
    char* arguments[] = {name, nullptr};
    int count = 1;
    QApplication application(count, arguments);
    name_application();
    WindowSettings settings(command.fresh || picture ? WindowSettings::Memory::fresh : WindowSettings::Memory::kept);
    Session session;
    MainWindow window(session, settings);
    if (!command.theme.empty())
        window.theme().choose(command.theme == "dark" ? ThemeChoice::dark : ThemeChoice::light);
    if (!command.colour.empty())
        window.workbench().scatter().setColour(QString::fromStdString(command.colour));
    std::unique_ptr<Screenshot> screenshot;
    if (picture)
        screenshot = std::make_unique<Screenshot>(session, window,
                                                  ScreenshotPlan{QString::fromStdString(command.screenshot), *size,
                                                                 QString::fromStdString(command.layer),
                                                                 QString::fromStdString(command.panel), command.only});
    window.show();
    if (!command.files.empty())
        QTimer::singleShot(0, &window, [&] {
            window.openPaths(paths(command));
            window.showLayer(QString::fromStdString(command.layer));
        });
    return QApplication::exec();
}

} // namespace normscope
