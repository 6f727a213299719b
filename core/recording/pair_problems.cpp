// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/suggest_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace normscope {

namespace {

using Datasets = std::unordered_map<std::string, const DatasetEntry*>;

constexpr std::array floats = {"float16", "bfloat16", "float32", "float64"};

/// What is wrong with one dataset of a pair; `role` is "input" or "output".
std::string dataset_problem(const Datasets& datasets, const std::string& path, const char* role) {
    const auto found = datasets.find(path);
    if (found == datasets.end())
        return std::string(role) + ": expected a dataset of the file, found none of the path " + path;
    const auto& dataset = *found->second;
    if (std::ranges::find(floats, dataset.dtype) == floats.end())
        return std::string(role) + ": expected float16, bfloat16, float32 or float64, found " + dataset.dtype;
    if (std::ranges::find(dataset.shape, 0) != dataset.shape.end())
        return std::string(role) + ": expected values, found " + shape_words(dataset.shape);
    return "";
}

std::string shape_problem(const Datasets& datasets, const PairMapping& pair) {
    const auto& shape = datasets.at(pair.input)->shape;
    if (pair.channel_axis == 1 && shape.size() < 2)
        return "expected at least two axes for channels on axis 1, found " + shape_words(shape);
    if (pair.output.empty())
        return shape.size() >= 2 && shape.back() == 2
                   ? ""
                   : "expected an output, or one set of N × 2 with x and y as its columns; found " +
                         shape_words(shape) + " alone";
    const auto& other = datasets.at(pair.output)->shape;
    return shape == other ? ""
                          : "expected two of one shape, found " + shape_words(shape) + " as input and " +
                                shape_words(other) + " as output";
}

std::string pair_problem(const Datasets& datasets, const PairMapping& pair) {
    if (pair.input.empty())
        return "expected an input, found none; choose a dataset";
    if (pair.input == pair.output)
        return "expected two datasets, found the same one twice";
    auto problem = dataset_problem(datasets, pair.input, "input");
    if (problem.empty() && !pair.output.empty())
        problem = dataset_problem(datasets, pair.output, "output");
    return problem.empty() ? shape_problem(datasets, pair) : problem;
}

std::string detail_problem(const PairMapping& pair) {
    if (pair.channel_axis < -1 || pair.channel_axis > 1)
        return "expected the channels on axis -1, 0 or 1, found " + std::to_string(pair.channel_axis);
    if (pair.eps && !(std::isfinite(*pair.eps) && *pair.eps >= 0))
        return "expected a finite ε from 0";
    return "";
}

} // namespace

std::string shape_words(const std::vector<int64_t>& shape) {
    std::string words;
    for (const auto size : shape)
        words += (words.empty() ? "" : " × ") + std::to_string(size);
    return words.empty() ? "scalar" : words;
}

std::vector<std::string> detail_problems(const std::vector<PairMapping>& pairs) {
    std::unordered_set<std::string> names;
    std::vector<std::string> problems;
    for (const auto& pair : pairs) {
        problems.push_back(detail_problem(pair));
        if (!names.insert(pair.layer()).second && problems.back().empty())
            problems.back() = "expected a name of its own, found " + pair.layer() + " twice";
    }
    return problems;
}

std::vector<std::string> pair_problems(const std::vector<DatasetEntry>& datasets,
                                       const std::vector<PairMapping>& pairs) {
    Datasets by_path;
    for (const auto& dataset : datasets)
        by_path.emplace(dataset.path, &dataset);
    auto problems = detail_problems(pairs);
    for (size_t i = 0; i < pairs.size(); ++i)
        if (auto problem = pair_problem(by_path, pairs[i]); !problem.empty())
            problems[i] = std::move(problem);
    return problems;
}

} // namespace normscope
