#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/reason.h"
#include "cert/signed_text.h"
#include "cli/certificate_print.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "log/entry.h"
#include "log/merkle.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct Arguments {
  std::string citizen;
  std::string format{"hc1"};
  std::uint64_t record{};
  std::string name;
  std::string text;
  std::string kid;
};

// A card in one line is longer than other texts of people.
constexpr std::size_t longest_line = 8192;

Result<std::string> read_text(const std::string& argument) {
  if (argument != "-") return argument;
  std::string text;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    if (text.size() == longest_line) return fail(Errc::too_large, "a certificate has at most 8192 letters");
    if (c != '\r') text.push_back(static_cast<char>(c));
  }
  return text;
}

Result<json::value> issue(const Context& context, const Arguments& arguments) {
  json::object wanted{{"citizen", arguments.citizen}, {"format", arguments.format}};
  if (arguments.record != 0) wanted["record"] = arguments.record;
  return call_server(context, "certificate/issue", wanted);
}

// Page by page, so that it can be stopped and begun again.
Result<json::value> reissue(const Context& context, const std::string& kid) {
  std::uint64_t reissued = 0;
  std::uint64_t ended = 0;
  json::object wanted{{"kid", kid}};
  for (;;) {
    TRY(answer, call_server(context, "certificate/reissue", wanted));
    const auto& page = answer.as_object();
    reissued += page.at("reissued").to_number<std::uint64_t>();
    ended += page.at("ended").to_number<std::uint64_t>();
    const auto left = page.at("left").to_number<std::uint64_t>();
    if (!page.contains("next")) return json::object{{"reissued", reissued}, {"ended", ended}, {"left", left}};
    std::fprintf(stderr, "%llu reissued, %llu left\n", static_cast<unsigned long long>(reissued),
                 static_cast<unsigned long long>(left));
    wanted["next"] = page.at("next");
  }
}

Result<std::vector<Hash>> hashes_of(const json::array& texts) {
  std::vector<Hash> out;
  for (const auto& text : texts) {
    TRYV(codec::from_base64(text.as_string(), out.emplace_back()));
  }
  return out;
}

// The server says where; that it is true is checked here.
Result<json::value> logged(const Context& context, const std::string& argument) {
  TRY(text, read_text(argument));
  const auto read = cert::read_signed_text(text);
  if (!read) {
    return fail(Errc::malformed, "not a certificate: " + std::string{cert::name_of(read.error().reason)});
  }
  const auto digest = crypto::sha256(read.value().signed_bytes);
  TRY(answer, call_server(context, "certificate/logged", {{"digest", codec::hex(digest)}}));
  const auto& found = answer.as_object();
  TRY(leaf, codec::from_base64(found.at("leaf").as_string()));
  TRY(entry, log::decode(leaf));
  const auto* by_key = std::get_if<log::OfficerEntry>(&entry);
  if (by_key == nullptr || by_key->action != "certificate.signed" || by_key->case_digest != digest) {
    return fail(Errc::corrupt, "the entry of the log is about something else");
  }
  const auto index = found.at("index").to_number<std::uint64_t>();
  const auto size = found.at("size").to_number<std::uint64_t>();
  Hash root{};
  TRYV(codec::from_base64(found.at("root").as_string(), root));
  TRY(proof, hashes_of(found.at("hashes").as_array()));
  TRYV(log::check_inclusion(index, size, log::leaf_hash(leaf), proof, root));
  return json::object{{"logged", true},
                      {"index", index},
                      {"size", size},
                      {"root", codec::hex(root)},
                      {"at", rfc3339(by_key->at)},
                      {"signer", codec::hex(by_key->officer_key_digest)},
                      {"signed", codec::hex(digest)},
                      {"proof", found.at("hashes")}};
}

}  // namespace

void add_certificate_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group =
      program.add_subcommand("certificate", "certificates of citizens' records, as other countries read them");
  group->require_subcommand(1);

  auto* issue_command = add_command(*group, context, "issue", "certify a record; the same record, the same certificate",
                                    "lindung certificate issue CITIZEN --format shc --record 2 --officer siti.key");
  issue_command->add_option("citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  issue_command->add_option("--format", arguments->format, "hc1 or shc")
      ->check(CLI::IsMember({"hc1", "shc"}))
      ->capture_default_str();
  issue_command->add_option("--record", arguments->record,
                            "its number (lindung certificate list); else the newest that can be certified");
  issue_command->callback([&context, arguments] { finish(context, issue(context, *arguments)); });

  auto* list = add_command(*group, context, "list", "the records and the certificates of a citizen",
                           "lindung certificate list CITIZEN --officer siti.key");
  list->add_option("citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  list->callback([&context, arguments] {
    finish(context, call_server(context, "certificate/list", {{"citizen", arguments->citizen}}));
  });

  auto* show = add_command(*group, context, "show", "one certificate with its text",
                           "lindung certificate show URN:UVCI:01:ID:… --officer siti.key");
  show->add_option("certificate", arguments->name, "its identifier, UVCI or rid")->required();
  show->callback([&context, arguments] {
    finish(context, call_server(context, "certificate/show", {{"certificate", arguments->name}}));
  });

  auto* revoke = add_command(*group, context, "revoke", "take one certificate back, at once",
                             "lindung certificate revoke URN:UVCI:01:ID:… --officer siti.key");
  revoke->add_option("certificate", arguments->name, "its identifier, UVCI or rid")->required();
  revoke->callback([&context, arguments] {
    finish(context, call_server(context, "certificate/revoke", {{"certificate", arguments->name}}));
  });

  auto* again = add_command(*group, context, "reissue",
                            "issue anew all that a key signed which was taken back; may be stopped and begun again",
                            "lindung certificate reissue --key 3a5f0c1122d4e6b8 --officer siti.key");
  again->add_option("--key", arguments->kid, "the key (lindung pki signers)")->required();
  again->callback([&context, arguments] { finish(context, reissue(context, arguments->kid)); });

  auto* check = add_command(*group, context, "logged",
                            "whether the log holds the signature of a certificate, with the proof; - reads standard "
                            "input",
                            "lindung certificate logged - < certificate.txt");
  check->add_option("text", arguments->text, "the certificate: HC1:… or shc:/…")->required();
  check->callback([&context, arguments] { finish(context, logged(context, arguments->text)); });
  add_certificate_print(*group, context);
}

}  // namespace lindung::cli
