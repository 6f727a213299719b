// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/pickle.h"

#include <type_traits>

namespace normscope::pickle {

/// Values of a pickle, and twice as many places in its collections: some hundred MB at worst. A checkpoint of 10,000
/// tensors with its optimizer has half a million.
inline constexpr size_t most_nodes = size_t{2} << 20;
inline constexpr size_t most_items = 2 * most_nodes;

/// Bytes of a module's or a class's name.
inline constexpr size_t longest_global = 512;

inline Error damaged(const std::string& message) {
    return {ErrorCode::damaged, "", message + "; the pickle is damaged, fetch the file again"};
}

/// What the opcodes work with: the bytes still to read, the graph so far, a stack with marks, and a memo.
class Machine {
protected:
    explicit Machine(std::string_view bytes) : bytes_(bytes) {}

    // --- bytes -----------------------------------------------------------------------------------------------------

    Result<std::string_view> take(uint64_t length) {
        if (length > bytes_.size() - position_)
            return cut_short();
        const std::string_view taken = bytes_.substr(position_, length);
        position_ += length;
        return taken;
    }

    template <typename T>
    Result<T> take_number() {
        NORMSCOPE_LET(bytes, take(sizeof(T)));
        return static_cast<T>(little_endian<std::make_unsigned_t<T>>(bytes, 0));
    }

    template <typename Length>
    Result<std::string_view> take_counted() {
        NORMSCOPE_LET(length, take_number<Length>());
        return take(length);
    }

    Result<std::string_view> take_line() {
        const size_t end = bytes_.find('\n', position_);
        if (end == std::string_view::npos)
            return cut_short();
        NORMSCOPE_LET(line, take(end + 1 - position_));
        return line.substr(0, line.size() - 1);
    }

    static Error cut_short() { return damaged("expected more bytes, found the end"); }
    static Error no_mark() { return damaged("expected a mark on the stack, found none"); }

    // --- stack -----------------------------------------------------------------------------------------------------

    /// How many values lie above the last mark: those below belong to somebody else.
    size_t available() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

    Result<void> need(size_t count) const {
        if (available() < count)
            return damaged("expected " + std::to_string(count) + " values on the stack, found fewer");
        return {};
    }

    Handle pop() {
        const Handle handle = stack_.back();
        stack_.pop_back();
        return handle;
    }

    std::vector<Handle> pop_many(size_t count) {
        std::vector<Handle> popped(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
        stack_.resize(stack_.size() - count);
        items_ += count;
        return popped;
    }

    Result<std::vector<Handle>> pop_to_mark() {
        if (marks_.empty())
            return no_mark();
        const size_t count = available();
        marks_.pop_back();
        return pop_many(count);
    }

    Result<void> push(const Node& node) {
        stack_.push_back(static_cast<Handle>(graph_.nodes_.size()));
        graph_.nodes_.push_back(node);
        return {};
    }

    Result<void> pop_or_unmark() {
        if (!marks_.empty() && available() == 0)
            return marks_.pop_back(), Result<void>();
        NORMSCOPE_TRY(need(1));
        pop();
        return {};
    }

    Result<void> duplicate() {
        NORMSCOPE_TRY(need(1));
        stack_.push_back(stack_.back());
        return {};
    }

    // --- memo ------------------------------------------------------------------------------------------------------

    Result<void> remember(size_t index) {
        NORMSCOPE_TRY(need(1));
        if (index >= most_nodes)
            return damaged("expected a memo of at most two million values, found index " + std::to_string(index));
        if (index >= memo_.size())
            memo_.resize(index + 1, nothing);
        memo_[index] = stack_.back();
        return {};
    }

    template <typename Index>
    Result<void> put() {
        NORMSCOPE_LET(index, take_number<Index>());
        return remember(index);
    }

    template <typename Index>
    Result<void> get() {
        NORMSCOPE_LET(index, take_number<Index>());
        if (index >= memo_.size() || memo_[index] == nothing)
            return damaged("expected a remembered value, found none at " + std::to_string(index));
        stack_.push_back(memo_[index]);
        return {};
    }

    // --- graph -----------------------------------------------------------------------------------------------------

    Node& node(Handle handle) { return graph_.nodes_[handle]; }

    /// The item list of a node, made when first asked for.
    std::vector<Handle>& items_of(Handle handle) {
        uint32_t& items = graph_.nodes_[handle].items;
        if (items == 0) {
            items = static_cast<uint32_t>(graph_.lists_.size());
            graph_.lists_.emplace_back();
        }
        return graph_.lists_[items];
    }

    std::string_view bytes_;
    size_t position_ = 0;
    size_t items_ = 0; ///< That left the stack for a collection or a call.
    Graph graph_;
    std::vector<Handle> stack_;
    std::vector<size_t> marks_;
    std::vector<Handle> memo_;
};

} // namespace normscope::pickle
