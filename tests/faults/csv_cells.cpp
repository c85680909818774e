// Texts to a spreadsheet and back: reads NDJSON strings, writes them by the program's one writer of CSV, a row each
// with its number; with --read takes the guard off cells again.
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "codec/csv_writer.h"
#include "codec/json.h"

int main(int argc, char** argv) {
  using namespace lindung;  // NOLINT(google-build-using-namespace): a program of one function
  const bool is_reading = argc > 1 && std::string_view{argv[1]} == "--read";
  codec::CsvWriter out;
  std::string read_back;
  std::string line;
  for (std::int64_t number = 1; std::getline(std::cin, line); ++number) {
    const auto value = codec::parse_json(line);
    if (value.has_error() || !value.value().is_string()) return 2;
    const std::string_view text{value.value().get_string()};
    if (is_reading) {
      const auto plain = codec::read_without_formulas(text);
      if (plain.has_error()) return 1;
      read_back += codec::to_text(boost::json::value(plain.value())) + "\n";
    } else {
      out.number(number).text(text).end_row();
    }
  }
  const auto text = is_reading ? read_back : std::move(out).take();
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}
