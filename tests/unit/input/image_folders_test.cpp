// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/input/image_specs.h"

#include <filesystem>
#include <fstream>

namespace normscope {
namespace {

namespace fs = std::filesystem;

const std::string images_of_sample = SOURCE_DIR "/resources/sample/images/";

/// Makes files below a new folder; those that end in .png are pictures.
fs::path folder_of(const std::string& name, const std::vector<std::string>& files) {
    const fs::path folder = fs::path(testing::TempDir()) / ("normscope-" + name);
    fs::remove_all(folder);
    for (const std::string& file : files) {
        fs::create_directories((folder / file).parent_path());
        if (file.ends_with(".png") || file.ends_with(".PNG"))
            fs::copy_file(images_of_sample + "0000.png", folder / file);
        else
            std::ofstream(folder / file) << "text";
    }
    return folder;
}

TEST(ImageFolders, SubFoldersAreClassesInTheOrderOfTheirNames) {
    const fs::path folder = fs::path(testing::TempDir()) / "normscope-classes";
    fs::remove_all(folder);
    for (const auto& [name, image] : {std::pair{"b", "0001.png"}, {"a", "0000.png"}, {"b", "0002.png"}}) {
        fs::create_directories(folder / name);
        fs::copy_file(images_of_sample + image, folder / name / image);
    }
    Progress progress;
    const auto batch = load_images({folder.string()}, spec_of(1, 28, 28, 1.0), progress);
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(*batch->labels, (std::vector<int64_t>{0, 1, 1}));
    EXPECT_EQ(batch->names, (std::vector<std::string>{"a/0000.png", "b/0001.png", "b/0002.png"}));
}

TEST(ImageFolders, AFolderWithoutImagesIsNoClassAndIsSaid) {
    const fs::path folder = folder_of("shift", {"__MACOSX/cat/._a.png", "cat/a.png", "dog/a.PNG", "dog/notes.txt"});
    Progress progress;
    const Batch batch = value_of(load_images({folder.string()}, spec_of(1, 28, 28, 1.0), progress));
    EXPECT_EQ(batch.labels, (std::vector<int64_t>{0, 1}));
    ASSERT_EQ(batch.warnings.size(), 1u);
    for (const char* word : {"1 folder (__MACOSX)", "hidden image", "1 file of another format (dog/notes.txt)"})
        EXPECT_NE(batch.warnings[0].find(word), std::string::npos) << batch.warnings[0];
}

TEST(ImageFolders, NestedFoldersAreReadAndLinkLoopsEnd) {
    const fs::path folder = folder_of("nested", {"cat/a.png", "cat/deep/er/b.png", "dog/a.png"});
    fs::create_directory_symlink(folder, folder / "dog" / "up");
    Progress progress;
    const Batch batch = value_of(load_images({folder.string() + "/"}, spec_of(1, 28, 28, 1.0), progress));
    EXPECT_EQ(batch.names, (std::vector<std::string>{"cat/a.png", "cat/deep/er/b.png", "dog/a.png"}));
    EXPECT_EQ(batch.labels, (std::vector<int64_t>{0, 0, 1}));
}

TEST(ImageFolders, ClassesAreNumberedInTimmsNaturalOrder) {
    const fs::path folder = folder_of("natural", {"10/a.png", "9/a.png", "b/a.png", "A/a.png"});
    Progress progress;
    const Batch batch = value_of(load_images({folder.string()}, spec_of(1, 28, 28, 1.0), progress));
    EXPECT_EQ(batch.names, (std::vector<std::string>{"10/a.png", "9/a.png", "A/a.png", "b/a.png"}));
    EXPECT_EQ(batch.labels, (std::vector<int64_t>{1, 0, 2, 3}));
    ASSERT_EQ(batch.warnings.size(), 1u);
    EXPECT_NE(batch.warnings[0].find("torchvision"), std::string::npos);
}

TEST(ImageFolders, ClassFoldersBesideAnImageAreSaid) {
    const fs::path folder = folder_of("beside", {"preview.png", "cat/a.png", "dog/a.png"});
    Progress progress;
    const Batch batch = value_of(load_images({folder.string()}, spec_of(1, 28, 28, 1.0), progress));
    EXPECT_EQ(batch.names, (std::vector<std::string>{"preview.png"}));
    EXPECT_FALSE(batch.labels);
    ASSERT_EQ(batch.warnings.size(), 1u);
    EXPECT_NE(batch.warnings[0].find("2 images in 2 folders (cat, dog)"), std::string::npos) << batch.warnings[0];
}

TEST(ImageFolders, OfSeveralFramesOrNamedTwiceAreSaid) {
    const std::string animated = SOURCE_DIR "/tests/golden/pictures/animated.gif";
    Progress progress;
    const Batch batch = value_of(load_images({animated, animated}, spec_of(3, 12, 15, 1.0), progress));
    ASSERT_EQ(batch.warnings.size(), 2u);
    EXPECT_NE(batch.warnings[0].find("named more than once"), std::string::npos);
    EXPECT_NE(batch.warnings[1].find("several frames"), std::string::npos);
}

TEST(ImageFolders, HiddenFoldersAreNoClasses) {
    const fs::path folder = fs::path(testing::TempDir()) / "normscope-hidden";
    fs::remove_all(folder);
    for (const char* name : {".ipynb_checkpoints", "a", "b"}) {
        fs::create_directories(folder / name);
        fs::copy_file(images_of_sample + "0000.png", folder / name / "0.png");
    }
    Progress progress;
    const auto batch = load_images({folder.string()}, spec_of(1, 28, 28, 1.0), progress);
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(*batch->labels, (std::vector<int64_t>{0, 1}));
}

} // namespace
} // namespace normscope
