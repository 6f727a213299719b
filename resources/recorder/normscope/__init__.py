# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what the norm layers of a PyTorch model do into a file that NormScope opens.

    import normscope

    with normscope.record(model, "run.h5"):
        loss = criterion(model(x), y)
        loss.backward()
"""
from .dump import VERSION as __version__
from .recorder import Recorder, record

__all__ = ["Recorder", "record", "__version__"]
