//===- RunTest.cpp - Checks around a run ----------------------------------===//

#include "FakeModel.h"
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {

class Run : public testing::Test {
protected:
  void SetUp() override {
    sluice_options options{};
    options.workspace = workspace;
    options.workspace_size = sizeof workspace;
    ASSERT_EQ(sluice_init(&net, &fake.model, &options), SLUICE_OK);
  }
  int run() { return sluice_run(&net, 0, tensors, dims); }
  const sluice_error &error() { return *sluice_last_error(&net); }
  void expectRefused(int status) {
    int calls = FakeModel::seen.calls;
    EXPECT_EQ(run(), status);
    EXPECT_EQ(error().status, status);
    EXPECT_EQ(FakeModel::seen.calls, calls) << "compiled code was called";
  }

  FakeModel fake;
  sluice_instance net;
  alignas(64) unsigned char workspace[256];
  alignas(8) float x[8] = {1, 2, 3, 4};
  alignas(8) float y[8] = {};
  uint8_t b = 1;
  void *tensors[3] = {x, &b, y};
  int64_t dims[1] = {2};
};

TEST_F(Run, computes) {
  ASSERT_EQ(run(), SLUICE_OK);
  EXPECT_EQ(y[3], 5);
  EXPECT_EQ(y[4], 0);
  EXPECT_EQ(error().status, SLUICE_OK);
  EXPECT_STREQ(error().node_name, "");
}

TEST_F(Run, argsStructNeedsNoUnpacking) {
  struct {
    int64_t n;
    const float *x;
    const uint8_t *b;
    float *y;
  } args = {2, x, &b, y};
  static_assert(sizeof args == 32);
  ASSERT_EQ(sluice_run_args(&net, 0, &args), SLUICE_OK);
  EXPECT_EQ(y[0], 2);
  EXPECT_EQ(sluice_run_args(&net, 0, nullptr), SLUICE_NULL_ARGUMENT);
  EXPECT_EQ(sluice_run_args(&net, 1, &args), SLUICE_ENTRY_OUT_OF_RANGE);
  EXPECT_EQ(sluice_run_args(nullptr, 0, &args), SLUICE_NULL_ARGUMENT);
}

TEST_F(Run, tellsThreadsThatItIsOver) {
  std::vector<int64_t> counts;
  sluice_threads threads = {
      [](void *context, int64_t count, void (*)(void *, int64_t), void *) {
        static_cast<std::vector<int64_t> *>(context)->push_back(count);
      },
      &counts, 2};
  sluice_options options{};
  options.workspace = workspace;
  options.workspace_size = sizeof workspace;
  options.threads = &threads;
  ASSERT_EQ(sluice_init(&net, &fake.model, &options), SLUICE_OK);
  ASSERT_EQ(run(), SLUICE_OK);
  EXPECT_EQ(counts, std::vector<int64_t>{0});
}

TEST_F(Run, nullAndUninitialised) {
  EXPECT_EQ(sluice_run(nullptr, 0, tensors, dims), SLUICE_NULL_ARGUMENT);
  sluice_instance zero{};
  EXPECT_EQ(sluice_run(&zero, 0, tensors, dims), SLUICE_NOT_INITIALISED);
  sluice_release(&net);
  EXPECT_EQ(run(), SLUICE_NOT_INITIALISED);
  EXPECT_EQ(sluice_set_workspace(&net, workspace, 1), SLUICE_NOT_INITIALISED);
}

TEST_F(Run, entryRange) {
  for (int entry : {-1, 1, 1 << 30})
    EXPECT_EQ(sluice_run(&net, entry, tensors, dims),
              SLUICE_ENTRY_OUT_OF_RANGE);
  EXPECT_EQ(error().found, 1 << 30);
}

TEST_F(Run, nullTensorNamesItself) {
  tensors[1] = nullptr;
  expectRefused(SLUICE_TENSOR_NULL);
  EXPECT_EQ(error().tensor, 1);
  EXPECT_STREQ(error().text, "b");
  EXPECT_EQ(error().required, 1);
  EXPECT_EQ(sluice_run(&net, 0, nullptr, dims), SLUICE_NULL_ARGUMENT);
  EXPECT_EQ(sluice_run(&net, 0, tensors, nullptr), SLUICE_NULL_ARGUMENT);
}

TEST_F(Run, alignment) {
  tensors[0] = reinterpret_cast<char *>(x) + 2;
  expectRefused(SLUICE_TENSOR_MISALIGNED);
  EXPECT_EQ(error().required, 4);
  // Natural alignment is all that is asked for.
  tensors[0] = x + 1;
  EXPECT_EQ(run(), SLUICE_OK);
}

TEST_F(Run, overlap) {
  tensors[2] = x + 3; // output over the last element of the input
  expectRefused(SLUICE_TENSOR_OVERLAP);
  EXPECT_EQ(error().tensor, 2);
  tensors[2] = x + 4; // neighbours do not overlap
  EXPECT_EQ(run(), SLUICE_OK);
  tensors[2] = workspace + 64;
  expectRefused(SLUICE_TENSOR_OVERLAP);
  tensors[2] = y;
  tensors[0] = workspace; // an input the workspace would destroy
  expectRefused(SLUICE_TENSOR_OVERLAP);
  EXPECT_EQ(error().tensor, 0);
  tensors[0] = reinterpret_cast<void *>(~uintptr_t(0) - 7); // wraps around
  expectRefused(SLUICE_TENSOR_OVERLAP);
}

TEST_F(Run, inputsMayShareMemory) {
  tensors[1] = x;
  EXPECT_EQ(run(), SLUICE_OK);
}

TEST_F(Run, dims) {
  dims[0] = 0;
  expectRefused(SLUICE_DIM_OUT_OF_RANGE);
  EXPECT_EQ(error().required, 1);
  dims[0] = -5;
  expectRefused(SLUICE_DIM_OUT_OF_RANGE);
  dims[0] = 9;
  expectRefused(SLUICE_BOUND_EXCEEDED);
  EXPECT_EQ(error().required, 8);
  EXPECT_EQ(error().found, 9);
  EXPECT_STREQ(error().text, "n");
}

TEST_F(Run, hugeDimsDoNotWrap) {
  fake.dim.max = -1;
  dims[0] = INT64_MAX / 4; // times 2 times 4 bytes
  expectRefused(SLUICE_DIM_OUT_OF_RANGE);
}

TEST_F(Run, emptyTensorsNeedNoMemory) {
  fake.dim.min = 0;
  dims[0] = 0;
  tensors[0] = tensors[2] = nullptr;
  EXPECT_EQ(run(), SLUICE_OK);
}

TEST_F(Run, workspaceIsAlignedInside) {
  for (size_t skip : {0, 1, 8, 63}) {
    ASSERT_EQ(
        sluice_set_workspace(&net, workspace + skip, sizeof workspace - skip),
        SLUICE_OK);
    ASSERT_EQ(run(), SLUICE_OK);
    auto at = reinterpret_cast<uintptr_t>(FakeModel::seen.call.workspace);
    EXPECT_EQ(at % 64, 0u);
    EXPECT_EQ(at, reinterpret_cast<uintptr_t>(workspace) + (skip ? 64 : 0));
  }
}

TEST_F(Run, workspaceTooSmall) {
  sluice_set_workspace(&net, workspace, 127);
  expectRefused(SLUICE_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(error().required, 128);
  EXPECT_EQ(error().found, 127);
  sluice_set_workspace(&net, workspace + 1, 128); // 63 bytes short
  expectRefused(SLUICE_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(error().required, 128 + 63);
  sluice_set_workspace(&net, workspace + 1, 10);
  expectRefused(SLUICE_WORKSPACE_TOO_SMALL);
  sluice_set_workspace(&net, nullptr, 1000);
  expectRefused(SLUICE_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(error().found, 0);
  sluice_set_workspace(&net, workspace, ~size_t(0)); // wraps around
  expectRefused(SLUICE_WORKSPACE_TOO_SMALL);
}

TEST_F(Run, workspaceSize) {
  size_t size = 0;
  EXPECT_EQ(sluice_workspace_size(&fake.model, 0, dims, &size), SLUICE_OK);
  EXPECT_EQ(size, 128u + 64u);
  fake.entry.workspace_bytes = [](const int64_t *dims, int64_t *bytes) {
    *bytes = dims[0] * 100;
    return int32_t(0);
  };
  EXPECT_EQ(sluice_workspace_size(&fake.model, 0, dims, &size), SLUICE_OK);
  EXPECT_EQ(size, 200u + 64u);
  sluice_set_workspace(&net, workspace, 199);
  expectRefused(SLUICE_WORKSPACE_TOO_SMALL);
  dims[0] = 9;
  EXPECT_EQ(sluice_workspace_size(&fake.model, 0, dims, &size),
            SLUICE_BOUND_EXCEEDED);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(sluice_workspace_size(&fake.model, 3, dims, &size),
            SLUICE_ENTRY_OUT_OF_RANGE);
  EXPECT_EQ(sluice_workspace_size(nullptr, 0, dims, &size),
            SLUICE_NULL_ARGUMENT);
}

TEST_F(Run, failingNodeIsNamed) {
  FakeModel::seen.status = SLUICE_INDEX_OUT_OF_RANGE;
  FakeModel::seen.fill.node = 1;
  FakeModel::seen.fill.message = -1;
  FakeModel::seen.fill.required = 4;
  FakeModel::seen.fill.found = 7;
  EXPECT_EQ(run(), SLUICE_INDEX_OUT_OF_RANGE);
  EXPECT_STREQ(error().node_name, "second");
  EXPECT_STREQ(error().node_op, "Gather");
  char text[200];
  size_t length = sluice_error_text(&net, text, sizeof text);
  EXPECT_STREQ(text, "fake: node 'second' (Gather): an index lies outside its "
                     "dimension (found 7, required 4)");
  EXPECT_EQ(length, std::string(text).size());
  // Cut, but terminated, and the full length told.
  EXPECT_EQ(sluice_error_text(&net, text, 5), length);
  EXPECT_STREQ(text, "fake");
  EXPECT_EQ(sluice_error_text(&net, nullptr, 0), length);
  // The next run starts clean.
  FakeModel::seen.status = 0;
  EXPECT_EQ(run(), SLUICE_OK);
  EXPECT_EQ(error().node, -1);
}

TEST_F(Run, failedAssertCarriesItsMessage) {
  FakeModel::seen.status = SLUICE_ASSERT_FAILED;
  FakeModel::seen.fill.node = 99; // out of the table: ignored
  FakeModel::seen.fill.message = 0;
  EXPECT_EQ(run(), SLUICE_ASSERT_FAILED);
  EXPECT_STREQ(error().text, "x must be positive");
  EXPECT_STREQ(error().node_name, "");
}

TEST_F(Run, state) {
  alignas(8) unsigned char block[128] = {};
  auto *header = reinterpret_cast<sluice_state_header *>(block);
  fake.model.state_size = sizeof block;
  fake.model.state_hash = 42;
  expectRefused(SLUICE_STATE_MISSING);
  EXPECT_EQ(error().required, 128);
  net.state = block + 4;
  expectRefused(SLUICE_STATE_MISALIGNED);
  net.state = block;
  expectRefused(SLUICE_STATE_NOT_INITIALISED);
  *header = {SLUICE_STATE_MAGIC, SLUICE_ABI, 1, 41, {}};
  expectRefused(SLUICE_STATE_MISMATCH);
  header->layout_hash = 42;
  EXPECT_EQ(run(), SLUICE_OK);
  tensors[2] = block + 120;
  dims[0] = 1;
  expectRefused(SLUICE_TENSOR_OVERLAP);
}

TEST(Init, refusesWhatCannotRun) {
  FakeModel fake;
  sluice_instance net;
  EXPECT_EQ(sluice_init(nullptr, &fake.model, nullptr), SLUICE_NULL_ARGUMENT);
  EXPECT_EQ(sluice_init(&net, nullptr, nullptr), SLUICE_NULL_ARGUMENT);
  fake.model.abi = SLUICE_ABI + 1;
  EXPECT_EQ(sluice_init(&net, &fake.model, nullptr), SLUICE_ABI_MISMATCH);
  EXPECT_EQ(sluice_last_error(&net)->found, SLUICE_ABI + 1);
  EXPECT_EQ(sluice_run(&net, 0, nullptr, nullptr), SLUICE_NOT_INITIALISED);
}

TEST(Init, picksTheBestLevelTheMachineHas) {
  FakeModel fake;
  // No machine reports a leaf this high, or every bit of leaf 1.
  sluice_cpu_bits never = {0x7fffffff, 0, {~0u, ~0u, ~0u, ~0u}};
  sluice_level levels[2] = {{"future", "x", &never, 1, 0, 0},
                            {"baseline", "", nullptr, 0, 0, 0}};
  fake.model.levels = levels;
  fake.model.level_count = 2;
  sluice_instance net;
  ASSERT_EQ(sluice_init(&net, &fake.model, nullptr), SLUICE_OK);
  EXPECT_EQ(net.level, 1);
  fake.model.level_count = 1;
  EXPECT_EQ(sluice_init(&net, &fake.model, nullptr), SLUICE_CPU_UNSUPPORTED);
  EXPECT_STREQ(sluice_last_error(&net)->text, "future");
  EXPECT_EQ(sluice_run(&net, 0, nullptr, nullptr), SLUICE_NOT_INITIALISED);
}

TEST(Init, namesWhatIsMissingOfTheLeastLevel) {
  FakeModel fake;
  sluice_cpu_bits never = {0x7fffffff, 0, {~0u, ~0u, ~0u, ~0u}};
  sluice_cpu_bits bits[4] = {{}, never, {}, never};
  sluice_level levels[2] = {{"best", "best", &never, 1, 0, 0},
                            {"least", "one two three four", bits, 4, 0, 0}};
  fake.model.levels = levels;
  fake.model.level_count = 2;
  sluice_instance net;
  auto text = [&] {
    EXPECT_EQ(sluice_init(&net, &fake.model, nullptr), SLUICE_CPU_UNSUPPORTED);
    char line[200];
    sluice_error_text(&net, line, sizeof line);
    return std::string(line);
  };
  const std::string start =
      "fake: this CPU lacks instructions the model was compiled for: 'least' ";
  EXPECT_EQ(text(), start + "(missing two four)");
  // Fewer names than bits: an archive of another make.
  levels[1].features = "one";
  EXPECT_EQ(text(), start + "(missing  )");
#if defined(__x86_64__)
  levels[1] = {"least", "", nullptr, 0, 0, uint64_t(1) << 62};
  EXPECT_EQ(text(), start + "(the system does not save its registers)");
#endif
}

#if defined(__x86_64__)
TEST(Init, asksTheProcessorLikeTheCompilerDoes) {
  auto bit = [](uint32_t leaf, int reg, int index) {
    sluice_cpu_bits bits = {leaf, 0, {}};
    bits.mask[reg] = 1u << index;
    sluice_level level = {"", "", &bits, 1, 0, 0};
    return sluice_cpu_supports(&level) != 0;
  };
  EXPECT_TRUE(bit(1, 3, 26)); // SSE2
  EXPECT_EQ(bit(1, 2, 0), bool(__builtin_cpu_supports("sse3")));
  EXPECT_EQ(bit(7, 1, 5) && bit(1, 2, 28),
            bool(__builtin_cpu_supports("avx2")));
  EXPECT_EQ(bit(0x80000001, 2, 16), bool(__builtin_cpu_supports("fma4")));
  EXPECT_FALSE(bit(0x8fffffff, 0, 0));
  sluice_level state = {"", "", nullptr, 0, 0, uint64_t(1) << 62};
  EXPECT_EQ(sluice_cpu_supports(&state), 0);
}
#endif

// An entry that makes strings writes all of the workspace.
TEST_F(Run, stringSpaceIsTheRestOfTheWorkspace) {
  ASSERT_EQ(sluice_set_workspace(&net, workspace, 128), SLUICE_OK);
  tensors[2] = workspace + 160;
  ASSERT_EQ(run(), SLUICE_OK);
  ASSERT_EQ(sluice_set_workspace(&net, workspace, sizeof workspace), SLUICE_OK);
  ASSERT_EQ(run(), SLUICE_OK);
  fake.entry.flags = SLUICE_ENTRY_STRINGS;
  expectRefused(SLUICE_TENSOR_OVERLAP);
  ASSERT_EQ(sluice_set_workspace(&net, workspace, 160), SLUICE_OK);
  EXPECT_EQ(run(), SLUICE_OK);
}

TEST_F(Run, stringSpaceMayBeAllOfTheWorkspace) {
  fake.entry.flags = SLUICE_ENTRY_STRINGS;
  fake.entry.workspace_size = 0;
  ASSERT_EQ(sluice_set_workspace(&net, workspace + 3, 90), SLUICE_OK);
  ASSERT_EQ(run(), SLUICE_OK);
  EXPECT_EQ(FakeModel::seen.call.workspace, workspace + 64);
  ASSERT_EQ(sluice_set_workspace(&net, workspace + 3, 60), SLUICE_OK);
  ASSERT_EQ(run(), SLUICE_OK);
  EXPECT_EQ(FakeModel::seen.call.workspace, workspace + 64);
  ASSERT_EQ(sluice_set_workspace(&net, nullptr, 0), SLUICE_OK);
  ASSERT_EQ(run(), SLUICE_OK);
  EXPECT_EQ(FakeModel::seen.call.workspace, nullptr);
}

TEST_F(Run, stringsThatFindNoRoomNameTheirNode) {
  fake.entry.flags = SLUICE_ENTRY_STRINGS;
  FakeModel::seen.status = SLUICE_WORKSPACE_TOO_SMALL;
  FakeModel::seen.fill.node = 0;
  FakeModel::seen.fill.message = -1;
  FakeModel::seen.fill.required = 1000;
  EXPECT_EQ(run(), SLUICE_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(error().required, 1000);
  EXPECT_STREQ(error().node_name, "first");
}

} // namespace
