// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace normscope {

/// A value or the error that prevented it. (`std::expected` is C++23; this is the part of it that is used here.)
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return held_.index() == 0; }

    T& operator*() & { return std::get<0>(held_); }
    const T& operator*() const& { return std::get<0>(held_); }
    T&& operator*() && { return std::get<0>(std::move(held_)); }
    T* operator->() { return &std::get<0>(held_); }
    const T* operator->() const { return &std::get<0>(held_); }

    const Error& error() const { return std::get<1>(held_); }

    /// The same result, its error (if any) with an outer place in front.
    Result within(const std::string& place) && {
        if (*this)
            return std::move(*this);
        return error().within(place);
    }

private:
    std::variant<T, Error> held_;
};

/// Success, or the error that prevented it.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    explicit operator bool() const { return !error_; }
    const Error& error() const { return *error_; }

    Result within(const std::string& place) && {
        if (*this)
            return {};
        return error().within(place);
    }

private:
    std::optional<Error> error_;
};

/// Returns the error of a failed result from the enclosing function.
#define NORMSCOPE_TRY(result)                                                                                          \
    if (auto normscope_try_ = (result); !normscope_try_)                                                               \
    return normscope_try_.error()

/// Declares `name` as the value of a result, or returns its error from the enclosing function.
#define NORMSCOPE_LET(name, result)                                                                                    \
    auto name##_result_ = (result);                                                                                    \
    if (!name##_result_)                                                                                               \
        return name##_result_.error();                                                                                 \
    auto name = std::move(*name##_result_)

} // namespace normscope
