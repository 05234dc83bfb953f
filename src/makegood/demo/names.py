"""First and family names by country, to be combined at random: nobody in the demo is a real person."""

from __future__ import annotations

from typing import Final

# country -> (first names, family names)
_WRITTEN: Final = {
    "PH": (
        "Amihan Bayani Carmela Dalisay Efren Florencia Gabriel Hiraya Isagani Jomar Katrina Liwayway Marisol Nestor Analyn Rowena",
        "Abad Bautista Catacutan Dimaculangan Enriquez Fajardo Gatdula Ilagan Lacson Macaraeg Natividad Ocampo Pangilinan Salonga "
        "Tolentino Villanueva",
    ),
    "KR": (
        "Ara Byung-ho Chan-mi Da-eun Eun-woo Ga-ram Ha-neul In-su Ji-ho Kyung-ja Min-seo Na-ri Sang-wook Seo-yeon Tae-min Yu-jin",
        "Ahn Bae Cho Go Han Hwang Jang Kang Kwon Lim Moon Noh Ryu Seong Yoon Shin",
    ),
    "JP": (
        "Akane Botan Chiharu Daichi Emiko Fumio Gento Haruka Isamu Junko Kaede Makoto Nozomi Ren Sayuri Tomoya",
        "Arakawa Chiba Endo Fukuda Hamada Ishikawa Kajiwara Kurosaki Miyazato Nishimura Okabe Sakuma Takeda Uehara Wakabayashi Yoshino",
    ),
    "IN": (
        "Aarav Bhavna Chetan Deepika Eshan Farida Gauri Harish Indira Jatin Kavya Lakshmi Manoj Nandini Omkar Pallavi",
        "Acharya Banerjee Chavan Deshpande Ghosh Hegde Iyer Joshi Kulkarni Menon Nair Pillai Rao Saxena Trivedi Venkatesan",
    ),
    "NP": (
        "Anjali Bikash Chandra Dipesh Gita Hari Kopila Laxman Manisha Nirmala Prakash Ramesh Sabina Tika Umesh Yamuna",
        "Adhikari Basnet Chhetri Dahal Gurung Karki Lama Maharjan Neupane Pandey Rai Shrestha Subedi Tamang Thapa Upreti",
    ),
    "AE": (
        "Adel Bushra Dalia Faisal Ghada Hamdan Iman Jaber Khawla Latifa Mansour Noura Omar Rashid Salma Yousef",
        "Alawadhi Bakri Darwish Elamin Farsi Ghanem Haddad Jaziri Kanaan Mahfouz Nasser Qasim Rahal Sabbagh Tahan Zayani",
    ),
    "AU": (
        "Alinta Blake Clementine Declan Edie Fergus Harriet Isla Jarrah Kirra Lachlan Matilda Nate Piper Rohan Tully",
        "Abbott Barwick Callaghan Drysdale Eastley Finnigan Garside Hallam Inglis Kendrick Larkin Maddox Northey Prescott Tindale "
        "Whitlock",
    ),
    "US": (
        "Alma Beckett Camila Darnell Elise Forrest Gwen Hector Imani Jonah Keisha Leland Marisa Noel Odessa Preston",
        "Abernathy Beaumont Castellano Delgado Everhart Fontaine Granger Holloway Ibarra Jeffers Kessler Lockwood Mendoza Norwood "
        "Ortega Pruitt",
    ),
    "CO": (
        "Alejandra Bernardo Catalina Dario Esteban Fabiola Gonzalo Helena Ivonne Julian Lorena Mauricio Natalia Orlando Paola Ximena",
        "Arango Bedoya Cardona Duarte Escobedo Forero Giraldo Hoyos Jaramillo Londoño Marulanda Noreña Ospina Posada Quintero Restrepo",
    ),
    "BR": (
        "Aline Bruno Caio Débora Edson Flávia Gilberto Heloísa Ivan Jussara Leandro Marina Otávio Priscila Renato Thaís",
        "Almeida Barros Camargo Drummond Esteves Figueiredo Guimarães Junqueira Leite Macedo Nogueira Paiva Queiroz Rezende Siqueira "
        "Teixeira",
    ),
    "RS": (
        "Aleksa Branka Darko Elena Filip Gordana Ivana Jovan Katarina Lazar Milica Nemanja Olivera Predrag Sanja Vuk",
        "Antić Bogdanović Cvetković Dragić Erić Filipović Grujić Ilić Jeremić Kostić Lukić Marković Nedeljković Obradović Pešić Stanković",
    ),
    "KE": (
        "Achieng Baraka Chebet Daudi Esther Furaha Gathoni Imara Jabali Kamau Lulu Makena Njeri Otieno Pendo Wanjiru",
        "Barasa Chege Gitonga Juma Kariuki Kimani Langat Mutua Mwangi Ndungu Nyambura Odhiambo Onyango Ruto Wafula Wekesa",
    ),
    "CA": (
        "Avery Brielle Colton Delphine Emmett Frances Gavin Hazel Ian Josée Kieran Lorraine Mathieu Nora Quinn Rosalie",
        "Bouchard Caron Dalhousie Fraser Gagnon Hennessey Kearney Lavoie MacIsaac Nadeau Penney Rideout Sheppard Tremblay Vokey Whelan",
    ),
    "DE": (
        "Annika Bastian Cornelia Dieter Elke Florian Greta Hannes Ilka Jörg Katja Leonie Malte Nele Ruben Wiebke",
        "Ahrens Brandt Conrad Dietz Eichhorn Fuchs Gerlach Hartwig Jansen Kröger Lindner Möller Nowak Petersen Seidel Voigt",
    ),
    "FR": (
        "Amandine Bastien Capucine Didier Élodie Fabrice Gaëlle Hugo Inès Jérôme Laure Maxence Noémie Olivier Perrine Solène",
        "Aubert Besnard Charpentier Delorme Fauvel Garnier Hamel Jacquet Lacombe Marchand Navarro Perrot Renaud Sauvage Tessier Vasseur",
    ),
    "PT": (
        "Afonso Beatriz Carlota Diogo Eduarda Francisco Graça Henrique Inês Jacinto Leonor Madalena Nuno Pilar Rui Teresa",
        "Azevedo Brandão Carvalho Domingues Falcão Gouveia Lopes Matos Neves Pacheco Quaresma Ribeiro Sampaio Tavares Valente Vilar",
    ),
    "UA": (
        "Andriy Bohdana Daryna Fedir Halyna Ihor Kateryna Lesia Mykola Nadiya Oksana Petro Roksolana Stepan Taras Yaryna",
        "Bilyk Chornenko Danylenko Franchuk Hrytsenko Ivashchenko Kovalenko Lysenko Melnyk Onyshchenko Panchenko Rudenko Savchuk Tkachuk "
        "Vasylenko Yaremko",
    ),
    "NZ": (
        "Aroha Bridget Caleb Drew Erina Finlay Georgie Hemi Jasper Kahu Mere Ngaio Pania Rawiri Tamsin Wiremu",
        "Ashcroft Broughton Cudby Dallimore Fairweather Greening Hapeta Kingi Lawhill Manaia Ngata Parata Ruru Selwyn Tamati Waaka",
    ),
    "IR": (
        "Arash Bita Dariush Elham Farhad Golnar Hooman Jaleh Kaveh Laleh Mahsa Nasrin Omid Parisa Sina Yasaman",
        "Ahmadzadeh Bahrami Daneshvar Ebrahimi Farahani Golzar Hashemi Jafari Karimi Mazaheri Nazari Pourali Rostami Samadi Tehranchi Zand",
    ),
    "MA": (
        "Amina Brahim Chaima Driss Fatiha Ghita Hicham Ilham Jamila Karim Loubna Mehdi Nawal Othmane Rim Zineb",
        "Amrani Benkirane Chraibi Daoudi El-Fassi Filali Guessous Hajji Idrissi Kettani Lahlou Mernissi Naciri Ouazzani Sefrioui Tazi",
    ),
    "GB": (
        "Alistair Bronwen Callum Dilys Eleri Fraser Gemma Hamish Imogen Jethro Kit Lowri Maisie Nell Owain Rosalind",
        "Ashdown Blakeney Cranfield Dunmore Entwistle Fairbairn Goodall Huxtable Ingleby Kirkbride Lovell Marchbanks Nethercott Pendle "
        "Rushworth Thackray",
    ),
}  # fmt: skip

NAMES: Final = {country: (first.split(), family.split()) for country, (first, family) in _WRITTEN.items()}
