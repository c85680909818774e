#include "domain/alarm.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

constexpr std::array names{
    std::string_view{"by-hand"},         std::string_view{"canary-asked"},     std::string_view{"canary-found"},
    std::string_view{"token-polled"},    std::string_view{"partner-pattern"},  std::string_view{"junk-tokens"},
    std::string_view{"officer-lookups"}, std::string_view{"issuer-velocity"},  std::string_view{"log-forked"},
    std::string_view{"unseals-failed"},  std::string_view{"signatures-failed"}};
static_assert(names.size() == static_cast<std::size_t>(last_alarm_kind) + 1);

constexpr std::array subject_names{std::string_view{"installation"}, std::string_view{"partner"},
                                   std::string_view{"officer"}, std::string_view{"issuer"}};

std::string figures(const Alarm& alarm, std::string_view seen, std::string_view usual) {
  auto text = " (" + std::to_string(alarm.count) + " " + std::string{seen};
  if (alarm.usual != 0) text += ", " + std::string{usual} + " " + std::to_string(alarm.usual);
  return text + ").";
}

// Who is concerned, in the sentence.
Text whom(const Subject& subject) {
  switch (subject.kind) {
    case SubjectKind::partner: return {.id = "mitra " + subject.id, .en = "partner " + subject.id};
    case SubjectKind::officer: return {.id = "petugas " + subject.id, .en = "officer " + subject.id};
    case SubjectKind::issuer: return {.id = "penerbit " + subject.id, .en = "issuer " + subject.id};
    case SubjectKind::installation: break;
  }
  return {.id = "instalasi ini", .en = "this installation"};
}

}  // namespace

std::string_view name_of(AlarmKind kind) noexcept {
  const auto at = static_cast<std::size_t>(kind);
  return at < names.size() ? names[at] : std::string_view{"unknown"};
}

Result<AlarmKind> parse_alarm_kind(std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  if (found == names.end()) return fail(Errc::invalid_argument, "kind: no detector is called so");
  return static_cast<AlarmKind>(found - names.begin());
}

std::string_view name_of(SubjectKind kind) noexcept {
  const auto at = static_cast<std::size_t>(kind);
  return at < subject_names.size() ? subject_names[at] : std::string_view{"unknown"};
}

std::string text_of(const Subject& subject) {
  std::string text{name_of(subject.kind)};
  return subject.kind == SubjectKind::installation ? text : text + ":" + subject.id;
}

Result<Subject> parse_subject(std::string_view text) {
  if (text == name_of(SubjectKind::installation)) return Subject{};
  constexpr std::size_t longest = 128;
  const auto colon = text.find(':');
  const auto* const found = std::ranges::find(subject_names, text.substr(0, colon));
  const auto id = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const bool is_printable = std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
  if (found == subject_names.begin() || found == subject_names.end() || id.empty() || id.size() > longest ||
      !is_printable) {
    return fail(Errc::invalid_argument, "subject: installation, partner:ID, officer:ID or issuer:ID is needed");
  }
  return Subject{.kind = static_cast<SubjectKind>(found - subject_names.begin()), .id = std::string{id}};
}

Text title_of(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::canary_asked: return {.id = "Warga umpan ditanyakan", .en = "A canary citizen was asked about"};
    case AlarmKind::canary_found:
      return {.id = "Warga umpan ditemukan di luar", .en = "A canary citizen was found outside"};
    case AlarmKind::token_polled: return {.id = "Satu token ditanyakan terus", .en = "One token was polled"};
    case AlarmKind::partner_pattern: return {.id = "Pola mitra menyimpang", .en = "A partner's pattern changed"};
    case AlarmKind::junk_tokens: return {.id = "Token sembarangan dari mitra", .en = "Junk tokens from a partner"};
    case AlarmKind::officer_lookups:
      return {.id = "Pencarian petugas menyimpang", .en = "An officer looked up unusually many"};
    case AlarmKind::issuer_velocity:
      return {.id = "Penerbit mengirim terlalu banyak", .en = "An issuer sent unusually much"};
    case AlarmKind::log_forked: return {.id = "Catatan publik bercabang", .en = "The public log was forked"};
    case AlarmKind::unseals_failed: return {.id = "Pembukaan segel gagal", .en = "Attempts to unseal failed"};
    case AlarmKind::signatures_failed:
      return {.id = "Tanda tangan mitra gagal dari tempat baru", .en = "A partner's signatures fail from new places"};
    case AlarmKind::by_hand: break;
  }
  return {.id = "Insiden", .en = "Incident"};
}

Text account_of(const Alarm& alarm) {
  const auto who = whom(alarm.subject);
  switch (alarm.kind) {
    case AlarmKind::canary_asked:
      return {
          .id = "Orang buatan yang hanya dikenal " + who.id + " ditanyakan" + figures(alarm, "pertanyaan", "biasanya"),
          .en = "A made-up person who is known only to " + who.en + " was asked about" +
                figures(alarm, "questions", "usual")};
    case AlarmKind::canary_found:
      return {.id = "Orang buatan yang hanya dikenal " + who.id + " ada dalam berkas bocor" +
                    figures(alarm, "penemuan", "biasanya"),
              .en = "A made-up person who is known only to " + who.en + " stood in a leaked file" +
                    figures(alarm, "sightings", "usual")};
    case AlarmKind::token_polled:
      return {.id = "Dari " + who.id + ": satu orang ditanyakan berulang dalam sepuluh menit" +
                    figures(alarm, "pertanyaan", "batas"),
              .en = "From " + who.en + ": one person was asked about again and again within ten minutes" +
                    figures(alarm, "questions", "limit")};
    case AlarmKind::partner_pattern:
      return {
          .id = "Lalu lintas " + who.id + " menyimpang dari masa lalunya" + figures(alarm, "dalam jam ini", "biasanya"),
          .en = "What " + who.en + " asks is off its own past" + figures(alarm, "in this hour", "usual")};
    case AlarmKind::junk_tokens:
      return {.id = "Dari " + who.id + ": banyak token yang tidak menunjuk siapa pun" +
                    figures(alarm, "dalam jam ini", "biasanya"),
              .en = "From " + who.en + ": many tokens that lead nowhere" + figures(alarm, "in this hour", "usual")};
    case AlarmKind::officer_lookups:
      return {.id = "Pencarian orang oleh " + who.id + " menyimpang dari masa lalunya" +
                    figures(alarm, "hari ini", "biasanya"),
              .en = "Look-ups of people by " + who.en + " are off their own past" + figures(alarm, "today", "usual")};
    case AlarmKind::issuer_velocity:
      return {.id = "Baris yang diterima dari " + who.id + " menyimpang dari masa lalunya" +
                    figures(alarm, "hari ini", "biasanya"),
              .en = "Rows taken from " + who.en + " are off its own past" + figures(alarm, "today", "usual")};
    case AlarmKind::log_forked:
      return {.id = "Basis data atau titik periksa tidak meneruskan catatan yang telah diterbitkan.",
              .en = "The database or a checkpoint does not extend the log that was published."};
    case AlarmKind::unseals_failed:
      return {.id = "Frasa sandi yang salah untuk membuka segel" + figures(alarm, "kali", "biasanya"),
              .en = "Wrong passphrases were given to unseal the key ring" + figures(alarm, "times", "usual")};
    case AlarmKind::signatures_failed:
      return {.id = "Permintaan atas nama " + who.id +
                    " dengan tanda tangan yang salah, dari jaringan yang tidak pernah ia pakai" +
                    figures(alarm, "dalam jam ini", "biasanya"),
              .en = "Requests in the name of " + who.en + " with bad signatures, from networks that it never used" +
                    figures(alarm, "in this hour", "usual")};
    case AlarmKind::by_hand: break;
  }
  return {.id = "Dibuka oleh petugas, tentang " + who.id + ".", .en = "Opened by an officer, about " + who.en + "."};
}

Text data_concerned(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::canary_asked:
    case AlarmKind::canary_found:
    case AlarmKind::token_polled:
    case AlarmKind::partner_pattern:
    case AlarmKind::junk_tokens:
      return {
          .id = "Token tautan dan jawaban (warna, boleh atau tidak masuk); bukan nama, NIK, atau catatan kesehatan.",
          .en = "Link tokens and answers (colour, allowed in or not); no name, no NIK, no health record."};
    case AlarmKind::officer_lookups:
      return {.id = "Acuan orang, catatan kesehatan yang ditampilkan kepada petugas.",
              .en = "References of people, and the health records that were shown to an officer."};
    case AlarmKind::issuer_velocity:
      return {.id = "Catatan kesehatan yang dikirim penerbit; mungkin palsu.",
              .en = "Health records that an issuer sent; they may be false."};
    case AlarmKind::log_forked:
      return {.id = "Keutuhan catatan; tidak ada data pribadi di dalamnya.",
              .en = "Whether the log is whole; it holds no personal data."};
    case AlarmKind::signatures_failed:
      return {.id = "Tidak ada: permintaan tanpa tanda tangan yang benar tidak dijawab.",
              .en = "None: a request without a good signature is not answered."};
    case AlarmKind::unseals_failed:
    case AlarmKind::by_hand: break;
  }
  return {.id = "Belum diketahui; sedang diperiksa.", .en = "Not known yet; being examined."};
}

Text usual_handling(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::canary_asked:
    case AlarmKind::canary_found:
    case AlarmKind::token_polled:
    case AlarmKind::partner_pattern:
    case AlarmKind::junk_tokens:
      return {.id = "Mitra dapat diputus seketika; tautan dan token yang bocor diakhiri dan diganti.",
              .en = "The partner can be cut at once; links and tokens that leaked are ended and replaced."};
    case AlarmKind::officer_lookups:
      return {.id = "Kunci petugas dicabut selama pemeriksaan.", .en = "The officer's key is revoked meanwhile."};
    case AlarmKind::issuer_velocity:
      return {.id = "Kunci penerbit dicabut dan kirimannya ditarik kembali.",
              .en = "The issuer's key is revoked and its batches are undone."};
    case AlarmKind::log_forked:
      return {.id = "Server berhenti menjawab sampai basis data yang benar kembali.",
              .en = "The server answers nothing until the right database is back."};
    case AlarmKind::signatures_failed:
      return {.id = "Mitra ditanya tentang kuncinya; kunci dapat dicabut, dan mitra dapat diputus seketika.",
              .en = "The partner is asked about its keys; a key can be revoked, and the partner can be cut at once."};
    case AlarmKind::unseals_failed:
    case AlarmKind::by_hand: break;
  }
  return {.id = "Sedang diperiksa.", .en = "Being examined."};
}

}  // namespace lindung::domain
