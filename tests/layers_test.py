"""The arrows of ARCHITECTURE.md: a folder includes only headers of folders that its CMakeLists.txt names, directly or through them."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = re.search(r"set\(BERTH_LAYERS ([^)]*)\)", (ROOT / "cmake/Layers.cmake").read_text()).group(1).split()


def depends(folder):
    text = (ROOT / "src" / folder / "CMakeLists.txt").read_text()
    library = re.search(r"berth_library\((.*?)\)", text, re.S).group(1)
    words = re.search(r"DEPENDS\s+([a-z\s]*)", library)
    return set(words.group(1).split()) if words else set()


def reachable(folder):
    found = {folder}
    for below in depends(folder):
        found |= reachable(below)
    return found


def test_folders_include_only_what_lies_below_them():
    wrong = []
    for folder in LAYERS:
        allowed = reachable(folder)
        for file in (ROOT / "src" / folder).glob("*.[ch]*"):
            for other in re.findall(r'^#include "([a-z]+)/', file.read_text(), re.M):
                if other not in allowed:
                    wrong.append(f"{file.relative_to(ROOT)} includes {other}/")
    assert not wrong, wrong


def test_every_folder_has_a_place_and_a_readme():
    folders = sorted(entry.name for entry in (ROOT / "src").iterdir() if entry.is_dir())
    assert folders == sorted(LAYERS)
    assert [f for f in folders if not (ROOT / "src" / f / "README.md").exists()] == []
