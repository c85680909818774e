#include "cli/context.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/key_file.h"
#include "cli/program.h"
#include "codec/base_n.h"
#include "codec/csv_writer.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "gateway/wire_problem.h"
#include "http/client.h"
#include "server/data_folder.h"
#include "service/officers.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

// For a terminal, which takes control characters for orders.
std::string plain(const json::value& value) {
  if (!value.is_string()) return codec::to_text(value);
  std::string out;
  for (const char c : std::string_view{value.get_string()}) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7f) {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
  }
  return out;
}

// The members of a list's objects, in the order of their first appearance.
std::vector<std::string> names_of(const json::array& rows) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (const auto& row : rows) {
    for (const auto& member : row.as_object()) {
      if (seen.insert(member.key()).second) names.emplace_back(member.key());
    }
  }
  return names;
}

bool is_table(const json::value& value) {
  return value.is_array() && !value.get_array().empty() &&
         std::ranges::all_of(value.get_array(), [](const json::value& row) { return row.is_object(); });
}

void write_cell(codec::CsvWriter& out, const json::value* value) {
  if (value == nullptr || value->is_null()) {
    out.text("");
  } else if (value->is_int64()) {
    out.number(value->get_int64());
  } else {
    out.text(value->is_string() ? std::string_view{value->get_string()} : std::string_view{codec::to_text(*value)});
  }
}

// A list of objects with the same members: columns.
void print_table(const json::array& rows) {
  const auto names = names_of(rows);
  std::vector<std::size_t> widths;
  for (const auto& name : names) {
    auto width = name.size();
    for (const auto& row : rows) {
      const auto* value = row.as_object().if_contains(name);
      if (value != nullptr) width = std::max(width, plain(*value).size());
    }
    widths.push_back(width);
  }
  for (std::size_t i = 0; i < names.size(); ++i) std::printf("%-*s  ", static_cast<int>(widths[i]), names[i].c_str());
  std::printf("\n");
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto* value = row.as_object().if_contains(names[i]);
      std::printf("%-*s  ", static_cast<int>(widths[i]), value == nullptr ? "" : plain(*value).c_str());
    }
    std::printf("\n");
  }
}

Result<json::value> call(const Context& context, const std::string& command, std::string body) {
  const server::DataFolder folder{context.data_folder};
  http::ClientOptions options;
  options.call_timeout = std::chrono::hours{1};
  options.max_response_bytes = 1UL << 30U;
  auto client = http::Client::connect({.host = "unix:" + folder.admin_socket(), .port = 0}, options);
  if (client.has_error()) {
    return fail(Errc::not_found, "no server on " + context.data_folder + " (lindung demo or lindung serve starts one)",
                3);
  }
  TRY(response, client.value().send({.method = "POST",
                                     .target = "/admin/" + command,
                                     .fields = {{"Content-Type", "application/json"}},
                                     .body = std::move(body)}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  return codec::parse_json(response.body, {.bytes = options.max_response_bytes, .depth = 32});
}

}  // namespace

std::string csv_of(const json::value& value) {
  codec::CsvWriter out;
  if (!value.is_object()) {
    write_cell(out, &value);
    out.end_row();
    return std::move(out).take();
  }
  const auto& object = value.get_object();
  const auto table = std::ranges::find_if(object, [](const auto& member) { return is_table(member.value()); });
  if (table == object.end()) {
    for (const auto& member : object) {
      out.text(member.key());
      write_cell(out, &member.value());
      out.end_row();
    }
    return std::move(out).take();
  }
  const auto& rows = table->value().get_array();
  const auto names = names_of(rows);
  for (const auto& name : names) out.text(name);
  out.end_row();
  for (const auto& row : rows) {
    for (const auto& name : names) write_cell(out, row.get_object().if_contains(name));
    out.end_row();
  }
  return std::move(out).take();
}

void print_for_people(const json::value& value) {
  if (!value.is_object()) {
    std::printf("%s\n", plain(value).c_str());
    return;
  }
  for (const auto& member : value.get_object()) {
    if (is_table(member.value())) {
      print_table(member.value().get_array());
    } else {
      std::printf("%s: %s\n", std::string{member.key()}.c_str(), plain(member.value()).c_str());
    }
  }
}

Error problem_error(const http::ClientResponse& response) { return gateway::read_problem(response); }

CLI::App* add_command(CLI::App& parent, Context& context, const std::string& name, const std::string& description,
                      const std::string& example) {
  auto* command = parent.add_subcommand(name, description);
  command->add_option("--data", context.data_folder, "data folder of the server; else LINDUNG_DATA names it")
      ->capture_default_str()
      ->take_last();
  auto* json_flag = command->add_flag("--json", context.json, "print JSON");
  command->add_flag("--csv", context.csv, "print CSV for a spreadsheet: a list's rows, or the members")
      ->excludes(json_flag);
  command->add_option("--officer", context.officer_file, "key file of the officer who signs the command");
  command->footer("Example:\n  " + example);
  return command;
}

Result<json::value> call_server(const Context& context, const std::string& command, const json::object& arguments) {
  json::object body{{"arguments", arguments}};
  if (!context.officer_file.empty()) {
    TRY(officer, read_officer(context.officer_file));
    service::SignedCommand given{.officer = OfficerId{officer.id},
                                 .name = command,
                                 .arguments = codec::to_text(arguments),
                                 .at = SystemClock{}.now(),
                                 .nonce = crypto::random_bytes<16>()};
    given.signature = officer.key.sign(service::command_message(given));
    body["officer"] = json::object{{"id", officer.id},
                                   {"at", unix_seconds(given.at)},
                                   {"nonce", codec::hex(given.nonce)},
                                   {"signature", codec::hex(given.signature)}};
  }
  return call(context, command, codec::to_text(body));
}

Result<json::value> call_server_raw(const Context& context, const std::string& command, const std::string& body) {
  return call(context, command, body);
}

void finish(Context& context, const Result<json::value>& result, Print print) {
  if (result.has_value()) {
    if (context.json) {
      std::printf("%s\n", codec::to_text(result.value()).c_str());
    } else if (context.csv) {
      const auto text = csv_of(result.value());
      std::fwrite(text.data(), 1, text.size(), stdout);
    } else {
      print(result.value());
    }
    return;
  }
  const auto& error = result.error();
  context.exit_status = error.code == Errc::not_found && error.number == 3 ? no_server : negative;
  if (context.json) {
    std::printf("%s\n", codec::to_text(json::object{{"error", name_of(error.code)}, {"detail", error.detail}}).c_str());
  } else {
    std::fprintf(stderr, "lindung: %s\n", error.text().c_str());
  }
}

}  // namespace lindung::cli
