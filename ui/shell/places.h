// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace normscope {

/// What comes with the program, in the source tree of a build or under `share/normscope` of an installation. Each is ""
/// where it is not there.
QString sample_folder();
QString manual_page();   ///< index.md
QString recorder_file(); ///< The Python recorder as one file.

/// The files that "open the sample" opens, the first to be looked at first; empty when the sample is not there.
QStringList sample_files();

} // namespace normscope
