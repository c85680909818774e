// A real installation with what the portal needs of it: sessions, a folder of messages, a civil register.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "people/accounts.h"
#include "people/civil_register.h"
#include "people/ground.h"
#include "people/message_folder.h"
#include "people/one_time_codes.h"
#include "people/phone.h"
#include "people/portal_terms.h"
#include "people/sessions.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::people {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class PortalWorld {
 public:
  explicit PortalWorld(store::Engine engine = store::Engine::sqlite) : world{moment_of(noon), engine} {}

  [[nodiscard]] Ground ground() {
    return {.platform = *world.platform, .sessions = sessions, .messages = messages, .terms = terms};
  }
  // The texts of all messages that were sent since the last look, in no order.
  [[nodiscard]] std::vector<std::string> take_messages() {
    std::vector<std::string> out;
    if (!std::filesystem::exists(folder)) return out;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
      std::ifstream in{entry.path()};
      const std::string text{std::istreambuf_iterator<char>{in}, {}};
      out.emplace_back(codec::parse_json(text).value().at("text").at("en").as_string());
      std::filesystem::remove(entry.path());
    }
    return out;
  }
  // The code in the only message there is.
  [[nodiscard]] std::string take_code() {
    const auto sent = take_messages();
    if (sent.size() != 1) {
      ADD_FAILURE() << sent.size() << " messages";
      return {};
    }
    const auto begin = sent.front().find_first_of("0123456789");
    return sent.front().substr(begin, sent.front().find_first_not_of("0123456789", begin) - begin);
  }
  // A try of a browser of its own, and the code that was sent for it.
  struct Try {
    Secret<32> token;
    std::string code;
  };
  [[nodiscard]] Try ask(const std::string& number) {
    Try out{.token = crypto::random_secret<32>(), .code = {}};
    const auto sent = send_code(ground(), out.token.view(), parse_phone(number).value());
    EXPECT_FALSE(sent.has_error());
    out.code = take_code();
    return out;
  }
  void load_siti() {
    const auto loaded =
        load_civil_register(*world.platform,
                            "nik,name,born,family_card,phone\n"
                            "3174056103900001,\"SITI AMINAH\",1990-03-21,3174051201100004,081234567890\n");
    ASSERT_FALSE(loaded.has_error());
    ASSERT_EQ(loaded.value().rows, 1U);
  }
  [[nodiscard]] static Registration siti() {
    return {.nik = "3174056103900001", .name = "Siti Aminah", .born = "1990-03-21", .family_card = "3174051201100004"};
  }
  static constexpr const char* phone = "0812-3456-7890";
  // Registered and signed in.
  [[nodiscard]] SignedIn register_siti() {
    load_siti();
    const auto asked = ask(phone);
    auto done = register_citizen(ground(), identity, asked.token.view(), asked.code, siti(), "Chrome");
    if (done.has_error()) {
      ADD_FAILURE() << done.error().text();
      std::abort();
    }
    return std::move(done).value();
  }

  test::World world;
  std::string folder{world.place.file("messages")};
  Sessions sessions{*world.platform};
  MessageFolder messages{folder};
  PortalTerms terms{.origin = "https://lindung.example", .relying_party = "lindung.example"};
  CivilRegister identity{*world.platform};
};

}  // namespace lindung::people
