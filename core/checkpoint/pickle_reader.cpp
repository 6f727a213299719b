// SPDX-License-Identifier: GPL-3.0-or-later
// The opcodes: CPython's Lib/pickletools.py. Only a stack, a memo and an arena of nodes; no recursion.
#include "core/checkpoint/pickle_machine.h"
#include "core/checkpoint/utf8.h"

#include <bit>
#include <charconv>

namespace normscope::pickle {

namespace {

class Reader : Machine {
public:
    explicit Reader(std::string_view bytes) : Machine(bytes) {}

    Result<Graph> run() {
        while (!stopped_) {
            NORMSCOPE_LET(opcode, take(1));
            NORMSCOPE_TRY(step(opcode.front()));
            if (graph_.size() > most_nodes || items_ > most_items)
                return Error{ErrorCode::not_supported, "",
                             "expected at most two million values in a pickle, found more"};
        }
        if (stack_.size() != 1)
            return damaged("expected one value at the end, found " + std::to_string(stack_.size()));
        graph_.root = stack_.back();
        graph_.length = position_;
        return std::move(graph_);
    }

private:
    Result<void> step(char opcode) {
        // clang-format off
        switch (opcode) {
        case '\x80': return protocol();
        case '\x95': return take(8) ? Result<void>() : cut_short(); // FRAME
        case '.': return stopped_ = true, Result<void>();
        case '(': return marks_.push_back(stack_.size()), Result<void>();
        case '0': return pop_or_unmark();
        case '1': return pop_to_mark() ? Result<void>() : no_mark();
        case '2': return duplicate();
        case 'N': return push({.kind = Kind::none});
        case '\x88': return push_integer(Kind::boolean, 1);
        case '\x89': return push_integer(Kind::boolean, 0);
        case 'J': return number<int32_t>();
        case 'K': return number<uint8_t>();
        case 'M': return number<uint16_t>();
        case 'G': return real();
        case 'I': return decimal_line(false);
        case 'L': return decimal_line(true);
        case '\x8a': return long_integer<uint8_t>();
        case '\x8b': return long_integer<uint32_t>();
        case '\x8c': return text<uint8_t>(true);
        case 'X': return text<uint32_t>(true);
        case '\x8d': return text<uint64_t>(true);
        case 'U': return text<uint8_t>(false);
        case 'T': return text<uint32_t>(false);
        case 'C': return raw<uint8_t>();
        case 'B': return raw<uint32_t>();
        case '\x8e': return raw<uint64_t>();
        case '\x96': return raw<uint64_t>(); // BYTEARRAY8
        default: return step_structure(opcode);
        }
        // clang-format on
    }

    Result<void> step_structure(char opcode) {
        // clang-format off
        switch (opcode) {
        case ')': return push({.kind = Kind::tuple});
        case '\x85': return tuple_of(1);
        case '\x86': return tuple_of(2);
        case '\x87': return tuple_of(3);
        case 't': return collection(Kind::tuple);
        case ']': return push({.kind = Kind::list});
        case 'l': return collection(Kind::list);
        case '\x8f': return push({.kind = Kind::list}); // EMPTY_SET
        case '\x91': return collection(Kind::list); // FROZENSET
        case '}': return push({.kind = Kind::dict});
        case 'd': return collection(Kind::dict);
        case 'a': return extend(Kind::list, 1);
        case 's': return extend(Kind::dict, 2);
        case 'e': return extend_to_mark(Kind::list);
        case 'u': return extend_to_mark(Kind::dict);
        case '\x90': return extend_to_mark(Kind::list); // ADDITEMS
        case 'c': return global_line();
        case '\x93': return stack_global();
        case 'R': return call(2);
        case '\x81': return call(2); // NEWOBJ
        case '\x92': return call(3); // NEWOBJ_EX: class, arguments, keywords
        case 'b': return build();
        case 'Q': return persistent();
        case 'q': return put<uint8_t>();
        case 'r': return put<uint32_t>();
        case '\x94': return remember(memo_.size());
        case 'h': return get<uint8_t>();
        case 'j': return get<uint32_t>();
        default: return unknown(opcode);
        }
        // clang-format on
    }

    static Result<void> unknown(char opcode) {
        const std::string code = std::to_string(static_cast<unsigned char>(opcode));
        if (std::string_view("FSVPipgo\x82\x83\x84\x97\x98").find(opcode) != std::string_view::npos)
            return Error{ErrorCode::not_supported, "",
                         "expected the opcodes that torch.save writes, found opcode " + code +
                             "; load the file in Python and save its state_dict() again"};
        return damaged("expected a pickle opcode, found byte " + code);
    }

    // --- scalars ---------------------------------------------------------------------------------------------------

    Result<void> protocol() {
        NORMSCOPE_LET(version, take_number<uint8_t>());
        if (version > 5)
            return Error{ErrorCode::not_supported, "",
                         "expected pickle protocol 1 to 5, found " + std::to_string(version) +
                             "; load the file in Python and save it again with torch.save"};
        return {};
    }

    Result<void> push_integer(Kind kind, int64_t value) { return push({.kind = kind, .integer = value}); }

    template <typename T>
    Result<void> number() {
        NORMSCOPE_LET(value, take_number<T>());
        return push_integer(Kind::integer, value);
    }

    /// A double, big-endian unlike everything else.
    Result<void> real() {
        NORMSCOPE_LET(bytes, take(8));
        uint64_t bits = 0;
        for (const char byte : bytes)
            bits = bits << 8 | static_cast<unsigned char>(byte);
        return push({.kind = Kind::real, .real = std::bit_cast<double>(bits)});
    }

    /// Two's complement of any length; beyond 64 bits it stays bytes.
    template <typename Length>
    Result<void> long_integer() {
        NORMSCOPE_LET(bytes, take_counted<Length>());
        if (bytes.size() > 8)
            return push({.kind = Kind::bytes, .text = bytes});
        uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~uint64_t{0} : 0;
        for (size_t i = bytes.size(); i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(bytes[i]);
        return push_integer(Kind::integer, static_cast<int64_t>(value));
    }

    /// Protocol 1 writes what does not fit 32 bits in decimal digits, an `L` behind them, and bools as 00 and 01.
    Result<void> decimal_line(bool long_integer) {
        NORMSCOPE_LET(line, take_line());
        if (!long_integer && (line == "00" || line == "01"))
            return push_integer(Kind::boolean, line == "01" ? 1 : 0);
        if (line.ends_with('L'))
            line.remove_suffix(1);
        int64_t value = 0;
        const auto [end, fault] = std::from_chars(line.data(), line.data() + line.size(), value);
        if (end != line.data() + line.size() || line.empty() || fault == std::errc::invalid_argument)
            return damaged("expected decimal digits, found other bytes");
        if (fault == std::errc::result_out_of_range)
            return push({.kind = Kind::bytes, .text = line});
        return push_integer(Kind::integer, value);
    }

    /// Python 3's text is UTF-8; that of Python 2 (`unicode` false) is bytes that usually are.
    template <typename Length>
    Result<void> text(bool unicode) {
        NORMSCOPE_LET(bytes, take_counted<Length>());
        const bool valid = is_utf8(bytes);
        if (unicode && !valid)
            return damaged("expected UTF-8 text, found other bytes");
        return push({.kind = valid ? Kind::text : Kind::bytes, .text = bytes});
    }

    template <typename Length>
    Result<void> raw() {
        NORMSCOPE_LET(bytes, take_counted<Length>());
        return push({.kind = Kind::bytes, .text = bytes});
    }

    // --- collections -----------------------------------------------------------------------------------------------

    Result<void> push_collection(Kind kind, std::vector<Handle> items) {
        NORMSCOPE_TRY(push({.kind = kind}));
        if (!items.empty())
            items_of(stack_.back()) = std::move(items);
        return {};
    }

    Result<void> tuple_of(size_t count) {
        NORMSCOPE_TRY(need(count));
        return push_collection(Kind::tuple, pop_many(count));
    }

    Result<void> collection(Kind kind) {
        NORMSCOPE_LET(items, pop_to_mark());
        if (kind == Kind::dict && items.size() % 2 != 0)
            return damaged("expected keys with values, found an odd number");
        return push_collection(kind, std::move(items));
    }

    /// Appends to the collection on top of the stack. Objects may be lists or dicts by inheritance: they take both.
    Result<void> add_to_top(Kind kind, const std::vector<Handle>& items) {
        NORMSCOPE_TRY(need(1));
        const Kind top = node(stack_.back()).kind;
        if (top != kind && top != Kind::call)
            return damaged("expected a collection to add to, found another value");
        if (kind == Kind::dict && items.size() % 2 != 0)
            return damaged("expected keys with values, found an odd number");
        if (items.empty())
            return {};
        auto& list = items_of(stack_.back());
        list.insert(list.end(), items.begin(), items.end());
        return {};
    }

    Result<void> extend(Kind kind, size_t count) {
        NORMSCOPE_TRY(need(count));
        return add_to_top(kind, pop_many(count));
    }

    Result<void> extend_to_mark(Kind kind) {
        NORMSCOPE_LET(items, pop_to_mark());
        return add_to_top(kind, items);
    }

    // --- what Python would look up and call ------------------------------------------------------------------------

    Result<void> push_global(Handle module, Handle name) {
        for (const Handle part : {module, name})
            if (graph_.at(part).kind != Kind::text || graph_.at(part).text.size() > longest_global)
                return damaged("expected the name of a class or function, found something else");
        return push({.kind = Kind::global, .callee = module, .argument = name});
    }

    Result<void> global_line() {
        for (int part = 0; part < 2; ++part) {
            NORMSCOPE_LET(line, take_line());
            if (!is_utf8(line))
                return damaged("expected UTF-8 text, found other bytes");
            NORMSCOPE_TRY(push({.kind = Kind::text, .text = line}));
        }
        const Handle name = pop(), module = pop();
        return push_global(module, name);
    }

    Result<void> stack_global() {
        NORMSCOPE_TRY(need(2));
        const Handle name = pop(), module = pop();
        return push_global(module, name);
    }

    /// REDUCE and NEWOBJ: remembered, not done. An OrderedDict is a dict at once, because items are put into it. What
    /// protocol 1 makes by `_reconstructor(class, …)` counts as a call of the class, as protocol 2 makes it.
    Result<void> call(size_t operands) {
        NORMSCOPE_TRY(need(operands));
        auto popped = pop_many(operands);
        const std::string function = graph_.global_name(popped[0]);
        const auto& arguments = graph_.items(popped[1]);
        if ((function == "copy_reg._reconstructor" || function == "copyreg._reconstructor") && !arguments.empty())
            popped = {arguments.front(), arguments.back()};
        const bool empty = graph_.items(popped[1]).empty() && operands == 2;
        if (empty && graph_.global_name(popped[0]) == "collections.OrderedDict")
            return push({.kind = Kind::dict});
        return push({.kind = Kind::call, .callee = popped[0], .argument = popped[1]});
    }

    /// Attributes of the object on top. Those of a plain dict (an OrderedDict's `_metadata`) tell nothing.
    Result<void> build() {
        NORMSCOPE_TRY(need(2));
        const Handle state = pop();
        if (node(stack_.back()).kind == Kind::call)
            node(stack_.back()).state = state;
        return {};
    }

    Result<void> persistent() {
        NORMSCOPE_TRY(need(1));
        return push({.kind = Kind::persistent, .argument = pop()});
    }

    bool stopped_ = false;
};

} // namespace

Result<Graph> read(std::string_view bytes) {
    return Reader(bytes).run();
}

} // namespace normscope::pickle
