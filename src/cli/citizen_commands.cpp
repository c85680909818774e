#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/certificate_input.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t number_limit = 64;

// Lines of the file, else of standard input: never an argument, which every user of the machine could read.
Result<std::vector<SecretBytes>> read_lines(const std::string& file, std::size_t count) {
  SecretBytes content;
  if (!file.empty()) {
    TRY(read, store::read_file(file, count * number_limit));
    content = std::move(read);
  }
  std::size_t at = 0;
  const auto next = [&] {
    if (file.empty()) return std::getchar();
    return at < content.size() ? static_cast<int>(content[at++]) : EOF;
  };
  std::vector<SecretBytes> lines;
  for (std::size_t i = 0; i < count; ++i) {
    SecretBytes line;
    for (int c = next(); c != EOF && c != '\n'; c = next()) {
      if (line.size() == number_limit) return fail(Errc::too_large, "a line of at most 64 bytes is needed");
      if (c != '\r') line.push_back(static_cast<std::uint8_t>(c));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<boost::json::value> find(const Context& context, const std::string& kind, const std::string& file) {
  TRY(lines, read_lines(file, 1));
  return call_server(context, "citizen/find", {{kind, as_text(lines.front())}});
}

struct RepairArguments {
  std::string issuer;
  std::string import_id;
  std::string file;
};

// Three lines of standard input or the file: the wrong NIK, the right one, the birth date.
Result<boost::json::value> repair(const Context& context, const RepairArguments& arguments) {
  TRY(lines, read_lines(arguments.file, 3));
  return call_server(context, "citizen/repair",
                     {{"issuer", arguments.issuer},
                      {"import_id", arguments.import_id},
                      {"wrong", as_text(lines[0])},
                      {"right", as_text(lines[1])},
                      {"birth_date", as_text(lines[2])}});
}

struct CertificateArguments {
  std::string citizen;
  std::string text;
  bool confirmed{};
};

Result<boost::json::value> take_certificate(const Context& context, const CertificateArguments& arguments) {
  TRY(text, certificate_text(arguments.text));
  return call_server(
      context, "citizen/certificate",
      {{"citizen", arguments.citizen}, {"text", text}, {"confirmed_by_document", arguments.confirmed ? 1U : 0U}});
}

struct PrintArguments {
  std::string citizen;
  std::string purpose;
  std::string output;
};

Result<boost::json::value> print(const Context& context, const PrintArguments& arguments) {
  TRY(made, call_server(context, "citizen/print", {{"citizen", arguments.citizen}, {"purpose", arguments.purpose}}));
  TRY(pdf, codec::from_base64(std::string_view{made.at("pdf").as_string()}));
  TRYV(store::create_file(arguments.output, pdf));
  return boost::json::object{{"output", arguments.output}, {"card", made.at("card")}, {"passes", made.at("passes")}};
}

}  // namespace

void add_citizen_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string kind{"nik"};
    std::string file;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("citizen", "people who have records here");
  group->require_subcommand(1);
  auto* command =
      add_command(*group, context, "find", "the reference of a citizen, by number (read from standard input)",
                  "lindung citizen find --kind nik < number");
  command->add_option("--kind", arguments->kind, "nik or passport")
      ->check(CLI::IsMember({"nik", "passport"}))
      ->capture_default_str();
  command->add_option("--file", arguments->file, "read the number from the first line of a file")
      ->check(CLI::ExistingFile);
  command->callback([&context, arguments] { finish(context, find(context, arguments->kind, arguments->file)); });

  const auto repairing = std::make_shared<RepairArguments>();
  auto* mend = add_command(*group, context, "repair",
                           "move what an import said of a mistyped NIK to the right one (three lines of standard "
                           "input: wrong, right, birth)",
                           "lindung citizen repair --issuer klinik-sehat --import june < numbers.txt");
  mend->add_option("--issuer", repairing->issuer, "who signed the import")->required();
  mend->add_option("--import", repairing->import_id, "the import")->required();
  mend->add_option("--file", repairing->file, "read the three lines from a file")->check(CLI::ExistingFile);
  mend->callback([&context, repairing] { finish(context, repair(context, *repairing)); });

  const auto taking = std::make_shared<CertificateArguments>();
  auto* certificate = add_command(*group, context, "certificate",
                                  "take the records of a health certificate of another country in for its holder",
                                  "lindung citizen certificate 9f86d081884c7d659a2feaa0c55ad015 certificate.txt");
  certificate->add_option("citizen", taking->citizen, "reference of the citizen, hex")->required();
  certificate->add_option("text", taking->text, "the text of the code, a file with it, or - for standard input")
      ->required();
  certificate->add_flag("--confirmed-by-document", taking->confirmed,
                        "a document was seen that shows the whole birth date");
  certificate->callback([&context, taking] { finish(context, take_certificate(context, *taking)); });

  const auto printing = std::make_shared<PrintArguments>();
  auto* paper =
      add_command(*group, context, "print", "a card and passes on A4 for somebody without a telephone",
                  "lindung citizen print HEX --purpose \"tanpa telepon\" --output siti.pdf --officer siti.key");
  paper->add_option("citizen", printing->citizen, "reference (lindung citizen find)")->required();
  paper->add_option("--purpose", printing->purpose, "why it is printed; the citizen sees it")->required();
  paper->add_option("--output", printing->output, "the new file")->required()->type_name("FILE");
  paper->callback([&context, printing] { finish(context, print(context, *printing)); });
}

}  // namespace lindung::cli
