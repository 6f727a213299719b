// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QMimeData;

namespace normscope {

/// The local files and folders of what is dragged here; empty when there are none.
QStringList dropped_paths(const QMimeData* data);

/// True when all of them are what a network is run on (`is_only_input`), so that they are no files to open.
bool are_inputs(const QStringList& paths);

} // namespace normscope
