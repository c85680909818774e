// What a certificate says, as a sheet for paper: for the command that prints one, and for the portal.
#pragma once

#include <string>

#include "cert/face.h"
#include "image/page.h"

namespace lindung::people {

// `code` is the text of the certificate, which `face` was read from. What it says is printed, not verified.
[[nodiscard]] image::CertificateSheet certificate_sheet(const cert::Face& face, const std::string& code);

}  // namespace lindung::people
