// What every command shares: the data folder, whether to print JSON, and how a command ends.
#pragma once

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <string>

#include "base/result.h"
#include "http/client.h"

namespace lindung::cli {

struct Context {
  std::string data_folder{"var/demo"};
  bool json{};
  bool csv{};
  std::string officer_file;  // of the officer who signs the command; empty: none
  int exit_status{};
};

// A command of its own under `parent`, with --data, --json, and an example in its help.
CLI::App* add_command(CLI::App& parent, Context& context, const std::string& name, const std::string& description,
                      const std::string& example);

// Sends a command to the server of the data folder. Errors: unavailable when no server listens there; the server's own.
[[nodiscard]] Result<boost::json::value> call_server(const Context& context, const std::string& command,
                                                     const boost::json::object& arguments);
// For the ring's commands, whose body is a passphrase.
[[nodiscard]] Result<boost::json::value> call_server_raw(const Context& context, const std::string& command,
                                                         const std::string& body);

// The error that a problem document names.
[[nodiscard]] Error problem_error(const http::ClientResponse& response);

// The list of objects in a result as CSV, a row each, for spreadsheets (codec/csv_writer.h); of one without a list its
// members. What is no text and no number stands as JSON.
[[nodiscard]] std::string csv_of(const boost::json::value& value);

// One line a member, a list of objects as a table. Control characters stand as U+FFFD: a name draws nothing.
void print_for_people(const boost::json::value& value);

// Prints a result, as JSON, as CSV or, by `print`, for people, or an error to standard error, and sets the exit status.
using Print = void (*)(const boost::json::value&);
void finish(Context& context, const Result<boost::json::value>& result, Print print = print_for_people);

}  // namespace lindung::cli
