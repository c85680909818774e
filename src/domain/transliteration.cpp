#include "domain/transliteration.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lindung::domain {
namespace {

enum class Choice : std::uint8_t { first, second };

struct Letter {
  char32_t code;
  std::string_view text;
};

// U+00C0 to U+00DE; the small letters stand 32 further on.
constexpr std::array<std::string_view, 31> latin_1{"A",  "A", "A",  "A", "AE", "AA", "AE", "C", "E", "E", "E",
                                                   "E",  "I", "I",  "I", "I",  "D",  "N",  "O", "O", "O", "O",
                                                   "OE", "",  "OE", "U", "U",  "U",  "UE", "Y", "TH"};

// U+0100 to U+017F, capital and small letters as they come.
constexpr std::string_view latin_extended =
    "AAAAAACCCCCCCCDD"
    "DDEEEEEEEEEEGGGG"
    "GGGGHHHHIIIIIIII"
    "II..JJKKKLLLLLLL"
    "LLLNNNNNNNNNOOOO"
    "OO..RRRRRRSSSSSS"
    "SSTTTTTTUUUUUUUU"
    "UUUUWWYYYZZZZZZS";

// U+1EA0 to U+1EF9: Vietnamese.
constexpr std::string_view latin_vietnamese =
    "AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY";

// U+0410 to U+042F; the small letters stand 32 further on.
constexpr std::array<std::string_view, 32> cyrillic{"A",  "B",  "V",  "G",    "D",  "E", "ZH", "Z", "I",  "I", "K",
                                                    "L",  "M",  "N",  "O",    "P",  "R", "S",  "T", "U",  "F", "KH",
                                                    "TS", "CH", "SH", "SHCH", "IE", "Y", "",   "E", "IU", "IA"};

// U+0400 to U+040F; the small letters stand 80 further on.
constexpr std::array<std::string_view, 16> cyrillic_others{"E", "E",  "D",  "G", "IE", "DZ", "I", "I",
                                                           "J", "LJ", "NJ", "C", "K",  "I",  "U", "DZ"};

// U+0621 to U+063A.
constexpr std::array<std::string_view, 26> arabic{"XE", "XAA", "XAE", "U",   "I",   "XI",  "A",   "B", "XTA",
                                                  "T",  "XTH", "J",   "XH",  "XKH", "D",   "XDH", "R", "Z",
                                                  "S",  "XSH", "XSS", "XDZ", "XTT", "XZZ", "E",   "G"};

// U+0641 to U+064A.
constexpr std::array<std::string_view, 10> arabic_more{"F", "Q", "K", "L", "M", "N", "H", "W", "XAY", "Y"};

constexpr std::array others{
    Letter{.code = 0x00DF, .text = "SS"},  Letter{.code = 0x00FF, .text = "Y"},   Letter{.code = 0x0132, .text = "IJ"},
    Letter{.code = 0x0133, .text = "IJ"},  Letter{.code = 0x0152, .text = "OE"},  Letter{.code = 0x0153, .text = "OE"},
    Letter{.code = 0x018F, .text = "E"},   Letter{.code = 0x01A0, .text = "O"},   Letter{.code = 0x01A1, .text = "O"},
    Letter{.code = 0x01AF, .text = "U"},   Letter{.code = 0x01B0, .text = "U"},   Letter{.code = 0x0218, .text = "S"},
    Letter{.code = 0x0219, .text = "S"},   Letter{.code = 0x021A, .text = "T"},   Letter{.code = 0x021B, .text = "T"},
    Letter{.code = 0x0259, .text = "E"},   Letter{.code = 0x046A, .text = "U"},   Letter{.code = 0x046B, .text = "U"},
    Letter{.code = 0x0474, .text = "Y"},   Letter{.code = 0x0475, .text = "Y"},   Letter{.code = 0x0490, .text = "G"},
    Letter{.code = 0x0491, .text = "G"},   Letter{.code = 0x0492, .text = "G"},   Letter{.code = 0x0493, .text = "G"},
    Letter{.code = 0x04BA, .text = "C"},   Letter{.code = 0x04BB, .text = "C"},   Letter{.code = 0x0671, .text = "XXA"},
    Letter{.code = 0x0679, .text = "XXT"}, Letter{.code = 0x067C, .text = "XRT"}, Letter{.code = 0x067E, .text = "P"},
    Letter{.code = 0x0681, .text = "XKE"}, Letter{.code = 0x0685, .text = "XXH"}, Letter{.code = 0x0686, .text = "XC"},
    Letter{.code = 0x0688, .text = "XXD"}, Letter{.code = 0x0689, .text = "XDR"}, Letter{.code = 0x0691, .text = "XXR"},
    Letter{.code = 0x0693, .text = "XRR"}, Letter{.code = 0x0696, .text = "XRX"}, Letter{.code = 0x0698, .text = "XJ"},
    Letter{.code = 0x069A, .text = "XXS"}, Letter{.code = 0x06A9, .text = "XKK"}, Letter{.code = 0x06AB, .text = "XXK"},
    Letter{.code = 0x06AD, .text = "XNG"}, Letter{.code = 0x06AF, .text = "XGG"}, Letter{.code = 0x06BA, .text = "XNN"},
    Letter{.code = 0x06BC, .text = "XXN"}, Letter{.code = 0x06BE, .text = "XDO"}, Letter{.code = 0x06C0, .text = "XYH"},
    Letter{.code = 0x06C1, .text = "XXG"}, Letter{.code = 0x06C2, .text = "XGE"}, Letter{.code = 0x06C3, .text = "XTG"},
    Letter{.code = 0x06CC, .text = "XYA"}, Letter{.code = 0x06CD, .text = "XXY"}, Letter{.code = 0x06D0, .text = "Y"},
    Letter{.code = 0x06D2, .text = "XYB"}, Letter{.code = 0x06D3, .text = "XBE"}, Letter{.code = 0x1E9E, .text = "SS"}};

constexpr char32_t teh_marbuta = 0x0629;
constexpr char32_t shadda = 0x0651;
constexpr char32_t combining_diaeresis = 0x0308;
constexpr char32_t combining_ring = 0x030A;

// The next character and its bytes off the front; none for a byte that begins no UTF-8 character.
std::optional<char32_t> take_character(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  const std::size_t size = first < 0x80U ? 1 : first < 0xc2U ? 0 : first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
  constexpr std::array<std::uint8_t, 5> head_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
  if (size == 0 || size > text.size()) {
    text.remove_prefix(1);
    return std::nullopt;
  }
  auto out = static_cast<char32_t>(first & head_bits[size]);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if ((next & 0xc0U) != 0x80U) {
      text.remove_prefix(1);
      return std::nullopt;
    }
    out = (out << 6U) | (next & 0x3fU);
  }
  text.remove_prefix(size);
  return out;
}

bool separates(char32_t code) {
  return code == ' ' || code == '-' || code == ',' || code == '<' || code == '/' || code == '\t' || code == 0x00A0 ||
         (code >= 0x2010 && code <= 0x2015);
}

template <std::size_t N>
std::string_view of_row(const std::array<std::string_view, N>& row, char32_t code, char32_t first) {
  return code >= first && code < first + N ? row[code - first] : std::string_view{};
}

std::string_view of_letters(std::string_view row, char32_t code, char32_t first) {
  return code >= first && code < first + row.size() ? row.substr(code - first, 1) : std::string_view{};
}

std::string_view latin_letters(char32_t code, Choice choice) {
  const auto capital = code >= 0xE0 && code <= 0xFE ? code - 0x20 : code;
  const auto text = of_row(latin_1, capital, 0xC0);
  // AE and TH have no second choice: Æ and Þ are letters of their own.
  const bool has_second = text.size() == 2 && capital != 0xC6 && capital != 0xDE;
  return choice == Choice::second && has_second ? text.substr(0, 1) : text;
}

std::string_view cyrillic_letters(char32_t code) {
  if (code >= 0x430 && code <= 0x44F) return cyrillic[code - 0x430];
  if (code >= 0x450 && code <= 0x45F) return cyrillic_others[code - 0x450];
  if (code >= 0x410) return of_row(cyrillic, code, 0x410);
  return of_row(cyrillic_others, code, 0x400);
}

std::string_view letters_of(char32_t code, Choice choice) {
  const auto* const listed = std::ranges::find(others, code, &Letter::code);
  if (listed != others.end()) return listed->text;
  if (code >= 0xC0 && code <= 0xFE) return latin_letters(code, choice);
  if (code >= 0x100 && code <= 0x17F) return of_letters(latin_extended, code, 0x100);
  if (code >= 0x400 && code <= 0x45F) return cyrillic_letters(code);
  if (code >= 0x621 && code <= 0x63A) return of_row(arabic, code, 0x621);
  if (code >= 0x641 && code <= 0x64A) return of_row(arabic_more, code, 0x641);
  return of_letters(latin_vietnamese, code, 0x1EA0);
}

class Writer {
 public:
  explicit Writer(Choice choice) : choice_{choice} {}

  void take(char32_t code) {
    if (separates(code)) {
      end_part();
    } else if (code >= 'a' && code <= 'z') {
      put(std::string(1, static_cast<char>(code - 'a' + 'A')));
    } else if (code >= 'A' && code <= 'Z') {
      put(std::string(1, static_cast<char>(code)));
    } else if (code == shadda) {
      put(last_);  // doubles the letter that it stands over
    } else if (code == combining_diaeresis || code == combining_ring) {
      add_mark(code);
    } else if (code > 0x7F) {
      put(std::string{letters_of(code, choice_)});
      ends_in_teh_marbuta_ = code == teh_marbuta;
    }
  }

  std::string finish() && {
    end_part();
    while (out_.ends_with('<')) out_.pop_back();
    return std::move(out_);
  }

 private:
  void put(std::string letters) {
    if (letters.empty()) return;
    out_ += letters;
    last_ = std::move(letters);
    ends_in_teh_marbuta_ = false;
  }

  // A mark that comes behind its letter, as decomposed text has it.
  void add_mark(char32_t mark) {
    if (choice_ == Choice::second) return;
    const bool umlaut = mark == combining_diaeresis && (last_ == "A" || last_ == "O" || last_ == "U");
    if (umlaut) out_ += 'E';
    if (mark == combining_ring && last_ == "A") out_ += 'A';
    last_.clear();
  }

  void end_part() {
    // Table C: at the end of a part of a name this letter is written otherwise.
    if (ends_in_teh_marbuta_) out_.replace(out_.size() - 3, 3, "XAH");
    ends_in_teh_marbuta_ = false;
    last_.clear();
    if (!out_.empty() && !out_.ends_with('<')) out_ += '<';
  }

  Choice choice_;
  std::string out_;
  std::string last_;
  bool ends_in_teh_marbuta_{};
};

std::string transliterated(std::string_view utf8, Choice choice) {
  Writer writer{choice};
  while (!utf8.empty()) {
    if (const auto code = take_character(utf8)) writer.take(*code);
  }
  return std::move(writer).finish();
}

}  // namespace

std::string icao_transliterated(std::string_view utf8) { return transliterated(utf8, Choice::first); }

std::string icao_transliterated_short(std::string_view utf8) { return transliterated(utf8, Choice::second); }

}  // namespace lindung::domain
