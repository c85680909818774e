// What the tests of the promise of database.h share: a database of the engine that is tested, fresh for each test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "store/database.h"
#include "support/test_store.h"

namespace lindung::store::testing {

class DatabaseContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    place_ = std::make_unique<Place>(GetParam());
    open();
  }

  void open(Limits limits = {}) {
    database_.reset();
    auto opened = place_->open(item_migrations(), limits);
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    const auto migrated = database_->migrate();
    ASSERT_FALSE(migrated.has_error()) << migrated.error().text();
  }

  [[nodiscard]] Database& db() const { return *database_; }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Database> database_;
};

// Instantiates a suite for both engines.
#define LINDUNG_ON_BOTH_ENGINES(suite)                                                                           \
  INSTANTIATE_TEST_SUITE_P(                                                                                      \
      Engines, suite, ::testing::Values(::lindung::store::Engine::sqlite, ::lindung::store::Engine::postgresql), \
      [](const auto& engine) { return engine.param == ::lindung::store::Engine::sqlite ? "SQLite" : "PostgreSQL"; })

}  // namespace lindung::store::testing
