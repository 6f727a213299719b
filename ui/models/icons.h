// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/session.h"

#include <QColor>
#include <QIcon>

namespace normscope {

/// A small sign that tells a note, a warning or an error at a glance; sharp at every size.
QIcon severity_icon(MessageKind kind);
/// A ring with a gap: something runs.
QIcon running_icon();

/// A thin cross: away with it.
QIcon close_icon();

/// The sign's colour.
QColor severity_colour(MessageKind kind);
/// The colour of text that matters less, in the palette in force.
QColor muted_text_colour();

} // namespace normscope
