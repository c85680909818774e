// Common Indonesian names, to be put together at random.
#pragma once

#include <array>
#include <string_view>

namespace lindung::domain {

inline constexpr std::array<std::string_view, 72> names_of_men{
    "Abdul",  "Adi",   "Aditya", "Agung",  "Agus",    "Ahmad",  "Aji",     "Alif",   "Amir",   "Andi",  "Andre",
    "Arif",   "Arya",  "Asep",   "Bagas",  "Bambang", "Bayu",   "Benny",   "Budi",   "Cahyo",  "Dani",  "Dedi",
    "Deni",   "Dian",  "Dimas",  "Dodi",   "Doni",    "Dwi",    "Eko",     "Fajar",  "Farhan", "Ferdi", "Galih",
    "Gilang", "Hadi",  "Hari",   "Hasan",  "Hendra",  "Heru",   "Ilham",   "Imam",   "Indra",  "Irfan", "Iwan",
    "Joko",   "Ketut", "Krisna", "Lukman", "Made",    "Maman",  "Muhamad", "Nanang", "Nyoman", "Pandu", "Putra",
    "Rahmat", "Reza",  "Rian",   "Rizki",  "Rudi",    "Samuel", "Satria",  "Slamet", "Sugeng", "Surya", "Taufik",
    "Teguh",  "Tono",  "Wahyu",  "Wayan",  "Yoga",    "Yusuf"};

inline constexpr std::array<std::string_view, 72> names_of_women{
    "Ade",   "Ajeng",  "Amalia",  "Anggun", "Anisa", "Astrid", "Ayu",     "Bunga",   "Cahya",   "Citra",    "Dara",
    "Desi",  "Dewi",   "Diah",    "Dinda",  "Eka",   "Elis",   "Endang",  "Erna",    "Fatimah", "Fitri",    "Gita",
    "Hana",  "Hesti",  "Ida",     "Indah",  "Intan", "Ira",    "Kadek",   "Kartika", "Komang",  "Laras",    "Lestari",
    "Lia",   "Lilis",  "Lina",    "Lusi",   "Maria", "Maya",   "Mega",    "Melati",  "Mira",    "Murni",    "Nabila",
    "Nadia", "Neneng", "Ningsih", "Nita",   "Novi",  "Nur",    "Oktavia", "Putri",   "Rahma",   "Rani",     "Ratna",
    "Retno", "Rina",   "Risma",   "Rosa",   "Salma", "Sari",   "Sekar",   "Siti",    "Sri",     "Sulastri", "Tiara",
    "Tika",  "Tuti",   "Vina",    "Wati",   "Yanti", "Yuni"};

inline constexpr std::array<std::string_view, 88> last_names{
    "Adiputra",  "Anggraini", "Ardiansyah",  "Aritonang", "Astuti",     "Batubara",  "Budiman",  "Cahyono",
    "Damanik",   "Darmawan",  "Efendi",      "Fadillah",  "Firmansyah", "Ginting",   "Gunawan",  "Habibie",
    "Hakim",     "Halim",     "Handayani",   "Hardianto", "Hartono",    "Harun",     "Hasanah",  "Hidayat",
    "Hutabarat", "Irawan",    "Iskandar",    "Ismail",    "Kaban",      "Kurniawan", "Kusuma",   "Laksana",
    "Latif",     "Lubis",     "Mahardika",   "Manurung",  "Maulana",    "Mulyadi",   "Mulyani",  "Nainggolan",
    "Nasution",  "Natsir",    "Nugraha",     "Nugroho",   "Pangestu",   "Panjaitan", "Permana",  "Pertiwi",
    "Pranata",   "Prasetyo",  "Pratama",     "Pratiwi",   "Purnama",    "Puspita",   "Rahardjo", "Rahayu",
    "Rahman",    "Ramadhan",  "Rangkuti",    "Sanjaya",   "Santoso",    "Saputra",   "Sasmita",  "Setiawan",
    "Siahaan",   "Sihombing", "Simanjuntak", "Siregar",   "Sitompul",   "Soedjono",  "Subagyo",  "Sudarsono",
    "Suharto",   "Sukmawati", "Sulaiman",    "Suryadi",   "Susanto",    "Susilo",    "Sutanto",  "Syahputra",
    "Tanjung",   "Utami",     "Utomo",       "Wibowo",    "Widodo",     "Wijaya",    "Yulianti", "Zulkarnain"};

}  // namespace lindung::domain
