"""Two small files, and the register made of them through the service."""

from madang.listen.network.imports import Registered, register_network
from madang.listen.network.queries import read_texts
from makers import NOW

SYSTEMS = """\
code,name,name_en,kind,exposure,criticality,office,isolation_cost
mail,전자우편,Mail,service,internet,10,ict,
hall,시청 업무망,City hall,office,inside,40,ict,5
db,주민 자료,Residents database,server,inside,90,data-policy,
tap,수도 계량기,,device,radio,5,smart-city,1
"""
LINKS = """\
from,to,trust,likelihood,cost
mail,hall,data,0.3,4
hall,db,data,0.5,7
"""


def register(systems: str = SYSTEMS, links: str = LINKS) -> Registered:
    network = read_texts("systems.csv", systems.encode(), "links.csv", links.encode())
    return register_network(network=network, source="systems.csv, links.csv", at=NOW)
