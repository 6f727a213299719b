// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/pair_table_model.h"
#include "ui/session/session.h"

#include <QDialog>

class QCheckBox;
class QPushButton;

namespace normscope {

class DatasetPicker;
class MessageBar;
class PairForm;
class TableView;

/// "Pair datasets": which datasets of an HDF5 file are the input and the output of a norm layer.
class PairingDialog : public QDialog {
    Q_OBJECT
public:
    explicit PairingDialog(Session& session, QWidget* parent = nullptr);

    using QDialog::open;
    /// Reads the list of a file's datasets and shows it with the pairs to begin with.
    void open(const QString& path);
    PairTableModel& pairs() { return *pairs_; }

public slots:
    /// Opens the file by the pairs; the dialog stays until it is open.
    void openFile();
    /// Stops what is under way; closes the dialog unless the file was being opened.
    void reject() override;

private:
    enum class State { idle, listing, opening };

    QWidget* pairSide();
    QLayout* bottom();
    void wire();
    void followSession();
    void take(const DatasetList& list);
    void setDatasets(const std::vector<DatasetEntry>& datasets);
    void tell(const DatasetList& list);
    void begin(const std::vector<PairMapping>& pairs);
    void putNext(const QString& dataset);
    void put(const QString& dataset, bool as_input);
    void addPair();
    void removePairs();
    void showPair();
    void takeForm();
    void followPairs();
    void setState(State state);
    int current() const; ///< Row of the pair that is worked with; −1 without any.

    Session& session_;
    QString path_;
    State state_ = State::idle;
    std::vector<DatasetEntry> listed_;
    PairTableModel* pairs_;
    MessageBar *message_, *problem_;
    DatasetPicker* picker_;
    TableView* table_;
    PairForm* form_;
    QPushButton *remove_, *suggest_, *open_;
    QCheckBox* remember_;
};

} // namespace normscope
