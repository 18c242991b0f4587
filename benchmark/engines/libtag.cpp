// Native TagLib, as a small C++ program would use it: every property, and the
// covers of the formats that have them. Arguments: passes; files on standard
// input, one a line. Output as `engine.mjs` has it.
#include <sys/resource.h>
#include <sys/time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <attachedpictureframe.h>
#include <fileref.h>
#include <flacfile.h>
#include <id3v2tag.h>
#include <mp4file.h>
#include <mpegfile.h>
#include <oggfile.h>
#include <opusfile.h>
#include <tpropertymap.h>
#include <vorbisfile.h>
#include <wavfile.h>
#include <xiphcomment.h>

namespace {

std::size_t of_id3v2(TagLib::ID3v2::Tag *tag) {
  std::size_t bytes = 0;
  if (!tag) return bytes;
  for (auto *frame : tag->frameListMap()["APIC"])
    if (auto *picture = dynamic_cast<TagLib::ID3v2::AttachedPictureFrame *>(frame))
      bytes += picture->picture().size();
  return bytes;
}

std::size_t of_list(const TagLib::List<TagLib::FLAC::Picture *> &pictures) {
  std::size_t bytes = 0;
  for (auto *picture : pictures) bytes += picture->data().size();
  return bytes;
}

std::size_t covers(TagLib::File *file) {
  if (auto *mpeg = dynamic_cast<TagLib::MPEG::File *>(file)) return of_id3v2(mpeg->ID3v2Tag());
  if (auto *wav = dynamic_cast<TagLib::RIFF::WAV::File *>(file)) return of_id3v2(wav->ID3v2Tag());
  if (auto *flac = dynamic_cast<TagLib::FLAC::File *>(file)) return of_list(flac->pictureList());
  if (auto *vorbis = dynamic_cast<TagLib::Ogg::Vorbis::File *>(file))
    return of_list(vorbis->tag()->pictureList());
  if (auto *opus = dynamic_cast<TagLib::Ogg::Opus::File *>(file))
    return of_list(opus->tag()->pictureList());
  std::size_t bytes = 0;
  if (auto *mp4 = dynamic_cast<TagLib::MP4::File *>(file))
    for (const auto &cover : mp4->tag()->item("covr").toCoverArtList()) bytes += cover.data().size();
  return bytes;
}

std::size_t read(const std::string &name) {
  TagLib::FileRef file(name.c_str());
  if (file.isNull()) return 0;
  std::size_t bytes = covers(file.file());
  for (const auto &[key, values] : file.file()->properties())
    for (const auto &value : values) bytes += value.to8Bit(true).size();
  if (auto *audio = file.audioProperties()) bytes += audio->lengthInMilliseconds();
  return bytes;
}

double cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval &time) { return time.tv_sec + time.tv_usec / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The bytes that this process has read, or 0 where the system does not count them.
double bytes_read() {
  std::ifstream counts("/proc/self/io");
  std::string name;
  double bytes = 0;
  if (counts >> name >> bytes && name == "rchar:") return bytes;
  return 0;
}

}  // namespace

int main(int, char **arguments) {
  const int passes = std::atoi(arguments[1]);
  std::vector<std::string> files;
  for (std::string line; std::getline(std::cin, line);) files.push_back(line);

  volatile std::size_t sum = 0;
  const char *cold = std::getenv("COLD");
  if (!cold || !*cold)
    for (const auto &file : files) sum = sum + read(file);
  const double read_before = bytes_read();
  const auto started = std::chrono::steady_clock::now();
  const double before = cpu();
  for (int pass = 0; pass < passes; ++pass)
    for (const auto &file : files) sum = sum + read(file);
  const double used = cpu() - before;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;

  const double bytes = bytes_read() - read_before;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double reads = static_cast<double>(passes) * static_cast<double>(files.size());
  std::printf("{\"time\":%f,\"cpu\":%f,\"bytes\":%f,\"memory\":%ld}\n",
              elapsed.count() * 1e6 / reads, used * 1e6 / reads, bytes / reads, usage.ru_maxrss * 1024);
}
