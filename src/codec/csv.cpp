#include "codec/csv.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace lindung::codec {

namespace {

constexpr std::size_t max_fields = 256;

bool ends_line(char c) noexcept { return c == '\n' || c == '\r'; }

// Behind the line end at `at`; `at` itself at the end of the text.
std::size_t behind_line_end(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return at;
  return at + (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1);
}

}  // namespace

std::size_t CsvReader::line_end(std::size_t at) const noexcept {
  return std::min(text_.find_first_of("\r\n", at), text_.size());
}

// Over everything before `end` and the line end there, counting the lines.
void CsvReader::pass(std::size_t end) {
  while (at_ < text_.size()) {
    const auto stop = line_end(at_);
    if (stop < text_.size()) ++line_;
    at_ = behind_line_end(text_, stop);
    if (stop >= end) return;
  }
}

// The field whose opening mark is in front of `at`. False if it does not close before `limit`.
bool CsvReader::quoted(std::string& field, std::size_t& at, std::size_t limit) const {
  while (true) {
    const auto mark = text_.substr(0, limit).find('"', at);
    if (mark == std::string_view::npos) return false;
    field.append(text_.substr(at, mark - at));
    at = mark + 1;
    if (at >= text_.size() || text_[at] != '"') return true;
    field += '"';
    ++at;
  }
}

CsvRow::Fault CsvReader::fields(CsvRow& row, std::size_t& at) const {
  const auto limit = row_limit_ < text_.size() - at_ ? at_ + row_limit_ : text_.size();
  std::size_t count = 0;
  while (true) {
    if (count == max_fields) return CsvRow::Fault::too_large;
    if (count == row.fields.size()) row.fields.emplace_back();
    auto& field = row.fields[count++];
    field.clear();
    if (at < text_.size() && text_[at] == '"') {
      ++at;
      if (!quoted(field, at, limit)) return CsvRow::Fault::quotes;
    } else {
      const auto begin = at;
      while (at < text_.size() && text_[at] != delimiter_ && !ends_line(text_[at])) ++at;
      field.append(text_.substr(begin, at - begin));
    }
    if (at > limit) return CsvRow::Fault::too_large;
    if (at >= text_.size() || ends_line(text_[at])) break;
    if (text_[at] != delimiter_) return CsvRow::Fault::quotes;
    ++at;
  }
  row.fields.resize(count);
  return CsvRow::Fault::none;
}

bool CsvReader::next(CsvRow& row) {
  // Blank lines are no rows.
  while (at_ < text_.size()) {
    const auto stop = line_end(at_);
    if (text_.substr(at_, stop - at_).find_first_not_of(" \t") != std::string_view::npos || stop == text_.size()) break;
    pass(stop);
  }
  if (at_ >= text_.size() || text_.substr(at_).find_first_not_of(" \t") == std::string_view::npos) return false;
  row.line = line_;
  auto end = at_;
  row.fault = fields(row, end);
  if (row.fault != CsvRow::Fault::none) {
    row.fields.clear();
    end = line_end(at_);
  }
  row.text = text_.substr(at_, end - at_);
  pass(end);
  return true;
}

}  // namespace lindung::codec
