// Reports as files: three a message, whole, for their owner only; a drill's in a folder of its own. And wrong
// passphrases, remembered until somebody has the right one.
#include "server/incident_outbox.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "server/failed_unseals.h"
#include "service/alarm_board.h"
#include "service/incident_messages.h"
#include "service/incident_settings.h"
#include "support/test_store.h"

namespace lindung::server {
namespace {

namespace fs = std::filesystem;

constexpr Moment noon{seconds{1'795'262'400}};

service::IncidentMessage message_to(const std::string& recipient, bool is_drill = false) {
  return {.incident = domain::IncidentId{ByteArray<16>{0xAB}},
          .id = service::MessageId{ByteArray<16>{0xCD}},
          .recipient = recipient,
          .form = domain::DraftForm::bssn,
          .is_drill = is_drill,
          .files = {.json = "{}", .text = "text", .pdf = {'%', 'P', 'D', 'F'}}};
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) names.insert(entry.path().filename());
  return names;
}

TEST(IncidentOutbox, WritesThreeFilesForTheirOwnerAndTheSameOnesAgain) {
  const store::testing::TempFolder folder;
  IncidentOutbox outbox{folder.file("out"), folder.file("drills"), {}};
  ASSERT_TRUE(outbox.carry(message_to("bssn")).has_value());
  ASSERT_TRUE(outbox.carry(message_to("bssn")).has_value());
  const std::string begin = "ab00000000000000-bssn-cd00000000000000";
  EXPECT_EQ(names_in(folder.file("out/bssn")),
            (std::set<std::string>{begin + ".pdf", begin + ".txt", begin + ".json"}));
  struct stat status{};
  ASSERT_EQ(::stat(folder.file("out/bssn/" + begin + ".pdf").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(outbox.delivered(), 2U);
}

TEST(IncidentOutbox, GoesToTheFolderOfTheConfigurationAndADrillToItsOwn) {
  const store::testing::TempFolder folder;
  service::IncidentSettings settings;
  settings.recipients.front().folder = folder.file("elsewhere");
  IncidentOutbox outbox{folder.file("out"), folder.file("drills"), settings};
  ASSERT_TRUE(outbox.carry(message_to("bssn")).has_value());
  ASSERT_TRUE(outbox.carry(message_to("bssn", true)).has_value());
  EXPECT_EQ(names_in(folder.file("elsewhere")).size(), 3U);
  EXPECT_EQ(names_in(folder.file("drills/bssn")).size(), 3U);
  EXPECT_FALSE(fs::exists(folder.file("out")));
  EXPECT_EQ(outbox.delivered(), 1U) << "a drill is in no figure";
}

TEST(IncidentOutbox, AFolderThatCannotBeIsAnError) {
  const store::testing::TempFolder folder;
  std::ofstream{folder.file("out")} << "a file";
  IncidentOutbox outbox{folder.file("out"), folder.file("drills"), {}};
  EXPECT_EQ(outbox.carry(message_to("bssn")).error().code, Errc::io);
  EXPECT_EQ(outbox.failed(), 1U);
}

TEST(FailedUnseals, ThreeWithinTenMinutesAreAnAlarmAfterARestartToo) {
  const store::testing::TempFolder folder;
  ManualClock clock{noon};
  service::AlarmBoard board;
  {
    FailedUnseals before{folder.file("failed"), clock};
    before.note();
    before.note();
    EXPECT_EQ(before.count(), 2U);
  }
  clock.advance(FailedUnseals::window);
  FailedUnseals after{folder.file("failed"), clock};
  after.note();
  after.tell(board);
  const auto alarms = board.take();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms.front().kind, domain::AlarmKind::unseals_failed);
  EXPECT_EQ(alarms.front().count, 3U);
  after.tell(board);
  EXPECT_EQ(board.waiting(), 0U) << "told once";
}

TEST(FailedUnseals, ASlipOfTheKeyboardIsNone) {
  const store::testing::TempFolder folder;
  ManualClock clock{noon};
  service::AlarmBoard board;
  FailedUnseals unseals{folder.file("failed"), clock};
  for (int i = 0; i < 5; ++i) {
    unseals.note();
    clock.advance(FailedUnseals::window);
  }
  unseals.tell(board);
  EXPECT_EQ(board.waiting(), 0U);
}

}  // namespace
}  // namespace lindung::server
