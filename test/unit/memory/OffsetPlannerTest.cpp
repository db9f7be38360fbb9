//===- OffsetPlannerTest.cpp - Places in one block of memory --------------===//

#include "passes/Memory/OffsetPlanner.h"
#include "gtest/gtest.h"
#include <random>

using namespace sluice;

namespace {

constexpr int64_t noLimit = int64_t(1) << 61;

// Fails the test where ranges meet both in time and in memory.
void check(llvm::ArrayRef<LiveRange> ranges, const OffsetPlan &plan) {
  ASSERT_EQ(plan.offsets.size(), ranges.size());
  for (size_t i = 0; i < ranges.size(); ++i) {
    int64_t start = plan.offsets[i], end = start + ranges[i].bytes;
    EXPECT_GE(start, 0);
    EXPECT_LE(end, plan.bytes);
    for (size_t k = 0; k < i; ++k)
      if (ranges[k].overlaps(ranges[i])) {
        bool apart = plan.offsets[k] + ranges[k].bytes <= start ||
                     end <= plan.offsets[k];
        EXPECT_TRUE(apart) << "ranges " << k << " and " << i;
      }
  }
}

// A program of `count` values that are read up to `reach` steps later.
std::vector<LiveRange> makeProgram(unsigned seed, int64_t count,
                                   int64_t reach) {
  std::minstd_rand random(seed);
  std::vector<LiveRange> ranges;
  for (int64_t step = 0; step < count; ++step) {
    int64_t last = step + 1 + int64_t(random()) % reach;
    int64_t bytes = 64 * (1 + int64_t(random()) % 1000);
    ranges.push_back({bytes, step, last});
  }
  return ranges;
}

TEST(MaxLiveBytes, CountsBothEnds) {
  EXPECT_EQ(getMaxLiveBytes({}), 0);
  EXPECT_EQ(getMaxLiveBytes({{5, 0, 1}, {7, 1, 2}}), 12);
  EXPECT_EQ(getMaxLiveBytes({{5, 0, 1}, {7, 2, 2}}), 7);
  EXPECT_EQ(getMaxLiveBytes({{5, 3, 3}, {7, 0, 9}, {1, 4, 4}}), 12);
}

TEST(MaxLiveBytes, SaturatesWhereTheSumIsTooLarge) {
  int64_t half = int64_t(1) << 62;
  EXPECT_EQ(getMaxLiveBytes({{half, 0, 1}, {half, 1, 2}}), INT64_MAX);
  EXPECT_EQ(getMaxLiveBytes({{half, 0, 0}, {half, 1, 2}}), half);
}

TEST(OffsetPlanner, NothingNeedsNothing) {
  std::optional<OffsetPlan> plan = planOffsets({}, noLimit);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->bytes, 0);
  plan = planOffsets({{0, 0, 4}, {0, 2, 3}}, noLimit);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->bytes, 0);
}

TEST(OffsetPlanner, AChainTakesTwoPlaces) {
  std::vector<LiveRange> chain;
  for (int64_t i = 0; i < 10; ++i)
    chain.push_back({64, i, i + 1});
  std::optional<OffsetPlan> plan = planOffsets(chain, noLimit);
  ASSERT_TRUE(plan);
  check(chain, *plan);
  EXPECT_EQ(plan->bytes, 128);
}

// Largest first, each at the lowest place, takes 12 here.
TEST(OffsetPlanner, GoesBeyondLargestFirst) {
  std::vector<LiveRange> ranges = {
      {3, 3, 4}, {4, 1, 2}, {2, 2, 4}, {2, 2, 3}, {4, 1, 1}};
  std::optional<OffsetPlan> plan = planOffsets(ranges, noLimit);
  ASSERT_TRUE(plan);
  check(ranges, *plan);
  EXPECT_EQ(plan->bytes, 8);
}

TEST(OffsetPlanner, StaysWithinATenthOfTheBound) {
  for (unsigned seed = 1; seed <= 20; ++seed)
    for (int64_t reach : {2, 5, 20}) {
      std::vector<LiveRange> ranges = makeProgram(seed, 120, reach);
      std::optional<OffsetPlan> plan = planOffsets(ranges, noLimit);
      ASSERT_TRUE(plan);
      check(ranges, *plan);
      double bound = static_cast<double>(getMaxLiveBytes(ranges));
      EXPECT_LE(static_cast<double>(plan->bytes), 1.1 * bound)
          << "seed " << seed << ", reach " << reach;
    }
}

TEST(OffsetPlanner, KeepsTheUnitOfTheSizes) {
  std::vector<LiveRange> ranges = makeProgram(7, 200, 9);
  std::optional<OffsetPlan> plan = planOffsets(ranges, noLimit);
  ASSERT_TRUE(plan);
  for (int64_t offset : plan->offsets)
    EXPECT_EQ(offset % 64, 0);
}

TEST(OffsetPlanner, PlansAlikeEachTime) {
  std::vector<LiveRange> ranges = makeProgram(3, 200, 30);
  std::optional<OffsetPlan> one = planOffsets(ranges, noLimit);
  std::optional<OffsetPlan> other = planOffsets(ranges, noLimit);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->offsets, other->offsets);
}

TEST(OffsetPlanner, RefusesWhatExceedsTheLimit) {
  EXPECT_FALSE(planOffsets({{65, 0, 1}}, 64));
  EXPECT_FALSE(planOffsets({{64, 0, 1}, {1, 1, 2}}, 64));
  EXPECT_TRUE(planOffsets({{64, 0, 1}, {64, 2, 3}}, 64));
  EXPECT_FALSE(planOffsets({{INT64_MAX, 0, 1}, {INT64_MAX, 0, 1}}, noLimit));
}

TEST(OffsetPlanner, TakesManyRanges) {
  std::vector<LiveRange> ranges = makeProgram(5, 5000, 50);
  std::optional<OffsetPlan> plan = planOffsets(ranges, noLimit);
  ASSERT_TRUE(plan);
  check(ranges, *plan);
}

} // namespace
