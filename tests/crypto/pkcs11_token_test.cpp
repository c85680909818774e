// Keys in a device, with SoftHSM as the device: its tokens lie in files, everything else is as with any PKCS#11 module.
#include "crypto/pkcs11_token.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "crypto/ecdsa.h"

namespace lindung::crypto {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view softhsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr std::string_view right_pin = "123456";

// A folder of tokens for this process, made before the module is loaded: it looks for tokens when it starts.
class Device {
 public:
  static Device& get() {
    static Device device;
    return device;
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() { fs::remove_all(folder_); }

  // Takes the files of a token away, as somebody who pulls a card.
  void pull_out(std::string_view label) {
    for (const auto& each : fs::directory_iterator{folder_ / "tokens"}) {
      if (before_[std::string{label}] == each.path()) fs::remove_all(each.path());
    }
  }

 private:
  Device() {
    std::string pattern = fs::temp_directory_path() / "lindung-softhsm-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder_ / "tokens");
    std::ofstream{folder_ / "softhsm2.conf"} << "directories.tokendir = " << (folder_ / "tokens").string()
                                             << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
    for (const std::string_view label : {"lindung", "locked", "pulled"}) init_token(label);
    run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out " + (folder_ / "p384.pem").string());
    run("softhsm2-util --import " + (folder_ / "p384.pem").string() + " --token lindung --label p384 --id 0384 --pin " +
        std::string{right_pin});
  }

  void init_token(std::string_view label) {
    std::set<fs::path> known;
    for (const auto& each : fs::directory_iterator{folder_ / "tokens"}) known.insert(each.path());
    run("softhsm2-util --init-token --free --so-pin 87654321 --pin " + std::string{right_pin} + " --label " +
        std::string{label});
    for (const auto& each : fs::directory_iterator{folder_ / "tokens"}) {
      if (!known.contains(each.path())) before_[std::string{label}] = each.path();
    }
  }

  static void run(const std::string& command) {
    EXPECT_EQ(std::system((command + " >/dev/null 2>&1").c_str()), 0) << command;  // NOLINT(cert-env33-c): fixed words
  }

  fs::path folder_;
  std::map<std::string, fs::path> before_;
};

Result<Pkcs11Token> open_token(std::string_view label, std::string_view pin = right_pin,
                               std::string_view module = softhsm) {
  Device::get();
  return Pkcs11Token::open(
      {.module = std::string{module}, .token = std::string{label}, .pin = {pin.begin(), pin.end()}});
}

bool signs(const Es256Signer& signer, std::string_view message) {
  const auto signature = signer.sign(as_bytes(message));
  const auto key = Es256PublicKey::from_point(signer.public_point());
  return signature && key && key.value().verifies(as_bytes(message), signature.value());
}

CK_FUNCTION_LIST& device_calls() {
  const auto list_of = reinterpret_cast<CK_C_GetFunctionList>(
      ::dlsym(::dlopen(std::string{softhsm}.c_str(), RTLD_NOW), "C_GetFunctionList"));
  CK_FUNCTION_LIST* calls = nullptr;
  EXPECT_EQ(list_of(&calls), CKR_OK);
  return *calls;
}

std::vector<CK_SLOT_ID> device_slots() {
  CK_ULONG count = 16;
  std::vector<CK_SLOT_ID> slots(count);
  EXPECT_EQ(device_calls().C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
  slots.resize(count);
  return slots;
}

// Somebody changes the PIN of a token, whose sessions end with it.
void change_pin(std::string_view label, std::string_view from, std::string_view to) {
  auto& calls = device_calls();
  std::vector<unsigned char> before(from.begin(), from.end());
  std::vector<unsigned char> behind(to.begin(), to.end());
  int changed = 0;
  for (const auto slot : device_slots()) {
    CK_TOKEN_INFO token{};
    if (calls.C_GetTokenInfo(slot, &token) != CKR_OK) continue;
    const std::string_view padded{reinterpret_cast<const char*>(token.label), sizeof token.label};
    if (padded.substr(0, padded.find_last_not_of(' ') + 1) != label) continue;
    calls.C_CloseAllSessions(slot);
    CK_SESSION_HANDLE session = 0;
    EXPECT_EQ(calls.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session), CKR_OK);
    EXPECT_EQ(calls.C_Login(session, CKU_USER, before.data(), before.size()), CKR_OK);
    EXPECT_EQ(calls.C_SetPIN(session, before.data(), before.size(), behind.data(), behind.size()), CKR_OK);
    calls.C_CloseAllSessions(slot);
    ++changed;
  }
  EXPECT_EQ(changed, 1);
}

TEST(Pkcs11Token, makes_a_key_and_signs_with_it_and_finds_it_again) {
  const auto token = open_token("lindung");
  ASSERT_TRUE(token) << token.error().text();
  const auto made = token.value().generate("first");
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made.value()->public_point().size(), 65U);
  EXPECT_TRUE(signs(*made.value(), "a message"));
  const auto found = open_token("lindung").value().key("first");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found.value()->public_point(), made.value()->public_point());
  EXPECT_TRUE(signs(*found.value(), "another message"));
  const auto again = token.value().generate("first");
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict);
}

TEST(Pkcs11Token, a_wrong_pin_is_denied) {
  const auto token = open_token("locked", "654321");
  ASSERT_TRUE(token.has_error());
  EXPECT_EQ(token.error().code, Errc::denied);
  EXPECT_EQ(token.error().detail.find("654321"), std::string::npos);
}

TEST(Pkcs11Token, a_pin_that_was_refused_is_not_tried_a_second_time) {
  const auto token = open_token("locked");
  ASSERT_TRUE(token) << token.error().text();
  const auto key = token.value().generate("changed").value();
  ASSERT_TRUE(signs(*key, "before"));
  change_pin("locked", right_pin, "999999");
  const auto refused = key->sign(as_bytes("behind"));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_NE(refused.error().detail.find("denied"), std::string::npos) << refused.error().text();
  change_pin("locked", "999999", right_pin);
  const auto untried = key->sign(as_bytes("behind"));
  ASSERT_TRUE(untried.has_error()) << "it would have been right by now: it was tried again";
  EXPECT_EQ(untried.error().code, Errc::unavailable);
  EXPECT_NE(untried.error().detail.find("refused before"), std::string::npos) << untried.error().text();
  const auto anew = open_token("locked");
  ASSERT_TRUE(anew) << anew.error().text();
  EXPECT_TRUE(signs(*anew.value().key("changed").value(), "with a PIN that somebody gave again"));
}

TEST(Pkcs11Token, a_token_a_key_and_a_module_that_are_not_there_have_names_of_their_own) {
  EXPECT_EQ(open_token("nobody").error().code, Errc::not_found);
  EXPECT_EQ(open_token("lindung").value().key("nobody").error().code, Errc::not_found);
  EXPECT_EQ(open_token("lindung", right_pin, "/nowhere/module.so").error().code, Errc::io);
  EXPECT_EQ(open_token("lindung", right_pin, "module.so").error().code, Errc::io);
  // A library, and none of these.
  EXPECT_EQ(open_token("lindung", right_pin, "/lib/x86_64-linux-gnu/libm.so.6").error().code, Errc::unsupported);
}

TEST(Pkcs11Token, a_key_on_another_curve_is_refused) {
  EXPECT_EQ(open_token("lindung").value().key("p384").error().code, Errc::unsupported_key);
}

TEST(Pkcs11Token, many_threads_sign_with_one_key) {
  const auto token = open_token("lindung");
  const auto key = token.value().generate("many").value();
  std::vector<int> held(4, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < held.size(); ++i) {
      threads.emplace_back([&, i] {
        for (int k = 0; k < 10; ++k) held[i] += signs(*key, std::to_string(i) + " " + std::to_string(k)) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(held, std::vector<int>(4, 10));
}

TEST(Pkcs11Token, sessions_that_the_device_closed_are_opened_again) {
  const auto token = open_token("lindung");
  const auto key = token.value().generate("closed").value();
  ASSERT_TRUE(signs(*key, "before"));
  for (const auto slot : device_slots()) device_calls().C_CloseAllSessions(slot);
  EXPECT_TRUE(signs(*key, "behind"));
  EXPECT_TRUE(signs(*key, "and again"));
}

TEST(Pkcs11Token, a_child_of_a_fork_opens_its_own_sessions) {
  const auto token = open_token("lindung");
  const auto key = token.value().generate("forked").value();
  ASSERT_TRUE(signs(*key, "parent"));
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(signs(*key, "child") ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(signs(*key, "parent again"));
}

TEST(Pkcs11Token, a_token_that_was_pulled_out_is_unavailable) {
  const auto token = open_token("pulled");
  ASSERT_TRUE(token) << token.error().text();
  const auto key = token.value().generate("held").value();
  ASSERT_TRUE(signs(*key, "before"));
  Device::get().pull_out("pulled");
  const auto signature = key->sign(as_bytes("behind"));
  ASSERT_TRUE(signature.has_error());
  EXPECT_EQ(signature.error().code, Errc::unavailable) << signature.error().text();
  EXPECT_TRUE(token.value().key("held").has_error());
}

}  // namespace
}  // namespace lindung::crypto
